import { html } from 'hono/html'
import type { Locale } from '#contracts/branding.ts'
import type { Brand } from '../branding/brand.ts'
import { readableOn } from '../branding/contrast.ts'
import { directionOf } from '../locales/say.ts'
import type { Letter } from './compose.ts'

/** A mail as it is sent. */
export interface Rendered {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Both forms of a letter. Mail programs drop style sheets and know no variables: styles stand on the elements, light
 * ones, and nothing is loaded but the brand's own picture.
 */
export function render(letter: Letter, { brand, locale, baseUrl }: Frame): Rendered {
  // A subject is one line whatever it quotes (RFC 5322 §2.2).
  return {
    subject: oneLine(letter.subject),
    text: textOf(letter, brand),
    html: htmlOf(letter, { brand, locale, baseUrl }),
  }
}

export interface Frame {
  readonly brand: Brand
  readonly locale: Locale
  readonly baseUrl: string
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t]+/g, ' ').slice(0, 200)
}

function textOf({ paragraphs, code, link, closing }: Letter, { settings }: Brand): string {
  const parts = [
    ...paragraphs,
    ...(code === undefined ? [] : [code]),
    ...(link === undefined ? [] : [`${link.label}:\n${link.url}`]),
    ...(closing === undefined ? [] : [closing]),
    ...(settings.application_name === null ? [] : [`– ${settings.application_name}`]),
  ]
  return `${parts.join('\n\n')}\n`
}

function htmlOf({ subject, paragraphs, code, link, closing }: Letter, { brand, locale, baseUrl }: Frame): string {
  const { settings, colors, images } = brand
  const { pageBackground, buttonBackground, buttonText } = colors.light
  const name = settings.application_name
  const p = 'margin:0 0 16px;font-size:16px;line-height:24px;color:#1c2024'
  const footer = `margin:0;font-size:13px;line-height:20px;color:${readableOn(pageBackground, '#5b6169')}`
  const document = html`<!doctype html>
    <html lang="${locale}" dir="${directionOf(locale)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <title>${subject}</title>
      </head>
      <body style="margin:0;background:${pageBackground};font-family:system-ui,'Segoe UI',Roboto,sans-serif">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
          <tr>
            <td align="center" style="padding:32px 16px">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:480px">
                <tr>
                  <td
                    style="background:#ffffff;border:1px solid #dfe1e6;border-radius:${settings.radius}px;padding:32px;text-align:start"
                  >
                    ${
                      images.logo === undefined
                        ? ''
                        : html`<img
                            src="${baseUrl}${images.logo}"
                            alt="${name ?? ''}"
                            style="display:block;max-height:40px;margin:0 0 24px"
                          />`
                    }
                    <h1 style="margin:0 0 16px;font-size:20px;line-height:28px;color:#1c2024">${subject}</h1>
                    ${paragraphs.map((text) => html`<p style="${p}">${text}</p>`)}
                    ${
                      code === undefined
                        ? ''
                        : html`<p
                            style="margin:0 0 16px;padding:14px;border-radius:8px;background:#f2f3f5;color:#1c2024;font:600 30px/36px ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px;text-align:center"
                          >
                            ${code}
                          </p>`
                    }
                    ${
                      link === undefined
                        ? ''
                        : html`<p style="margin:0 0 16px">
                              <a
                                href="${link.url}"
                                style="display:inline-block;padding:12px 22px;border-radius:${settings.radius}px;background:${buttonBackground};color:${buttonText};font-weight:600;text-decoration:none"
                                >${link.label}</a
                              >
                            </p>
                            <p
                              style="margin:0 0 16px;font-size:13px;line-height:20px;color:#5b6169;word-break:break-all"
                            >
                              ${link.url}
                            </p>`
                    }
                    ${closing === undefined ? '' : html`<p style="${p};font-size:14px;margin:0">${closing}</p>`}
                  </td>
                </tr>
                <tr>
                  <td align="center" style="padding:16px"><p style="${footer}">${name ?? ''}</p></td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>`
  if (document instanceof Promise) throw new TypeError('A mail is made of finished text.')
  return String(document)
}
