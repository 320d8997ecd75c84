import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { html, raw } from 'hono/html'
import type { Locale } from '#contracts/branding.ts'
import type { Brand } from '#domain/branding/brand.ts'
import type { Say } from '#domain/locales/catalogue.ts'
import { directionOf, sayIn } from '#domain/locales/say.ts'
import type { Html } from '../pages/layout.ts'
import { pageScript } from './script.ts'
import { sheetOf } from './style.ts'

/** The vendor's names of the pages, which customers' style sheets know. */
export type PageKey =
  | 'sign-in'
  | 'sign-in/password'
  | 'sign-up'
  | 'sign-up/password'
  | 'magic-code'
  | 'email-verification'
  | 'mfa/enrollment'
  | 'mfa/verification'
  | 'organization-selection'
  | 'invite'
  | 'reset-password'
  | 'sso'
  | 'consent'
  | 'device'
  | 'passkey/enrollment'
  | 'default-redirect'
  | 'signed-out'
  | 'not-found'

/** How pages are to look and speak for one visitor. */
export interface Look {
  readonly brand: Brand
  readonly locale: Locale
  /** Instead of what the brand says; previews only. */
  readonly theme?: 'light' | 'dark' | undefined
  /** Pages of our own origin may show this one in a frame; previews only. */
  readonly framed?: boolean
}

/** One page of the login box. */
export interface Screen {
  readonly page: PageKey
  readonly heading: string
  /** Under the heading. */
  readonly lead?: Html | string | undefined
  readonly body: Html
  /** Origins that forms may lead to besides ours. Chromium applies it to redirects after a POST, too. */
  readonly formTargets?: readonly string[]
  /** Scripts of this page alone, after the common one. */
  readonly script?: string
  readonly status?: number
  /** Goes there by itself at once, without scripts too. */
  readonly refreshTo?: string
}

/** Sends a page in the environment's look: one response, no requests but for its pictures, and nothing from elsewhere. */
export function sendScreen(reply: FastifyReply, look: Look, screen: Screen): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  return reply
    .status(screen.status ?? 200)
    .headers({
      'content-security-policy': policyOf(look, screen, nonce),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy':
        'publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self)',
      ...(look.framed ? {} : { 'x-frame-options': 'DENY' }),
    })
    .type('text/html; charset=utf-8')
    .send(documentOf(look, screen, nonce))
}

function policyOf({ framed }: Look, { formTargets = [] }: Screen, nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    // A preview leads nowhere.
    `form-action ${framed ? "'none'" : ["'self'", ...formTargets].join(' ')}`,
    `frame-ancestors ${framed ? "'self'" : "'none'"}`,
    "base-uri 'none'",
  ].join('; ')
}

function documentOf(look: Look, screen: Screen, nonce: string): string {
  const { brand, locale, theme } = look
  const { settings, images } = brand
  const name = settings.application_name
  const appearance = theme ?? settings.appearance
  const say = sayIn(locale)
  const document = html`<!doctype html>
    <html lang="${locale}" dir="${directionOf(locale)}" class="${appearance}-theme" data-hak-page="${screen.page}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        ${screen.refreshTo === undefined || look.framed ? '' : html`<meta http-equiv="refresh" content="0;url=${screen.refreshTo}" />`}
        <title>${name === null ? screen.heading : `${screen.heading} – ${name}`}</title>
        <link rel="icon" href="${images.favicon ?? images.logo_icon ?? 'data:,'}" />
        <style nonce="${nonce}">
          ${raw(sheetOf(brand))}
          ${raw(settings.custom_css ?? '')}
        </style>
      </head>
      <body>
        <div class="ak-Background">
          <main class="ak-Card">
            <div class="ak-Header">
              ${images.logo === undefined ? '' : html`<img class="ak-Logo" src="${images.logo}" alt="${name ?? ''}" />`}
              <h1 class="ak-Heading">${screen.heading}</h1>
              ${screen.lead === undefined ? '' : html`<p class="ak-Text">${screen.lead}</p>`}
            </div>
            ${screen.body} ${legal(look, say)}
          </main>
        </div>
        ${look.framed ? '' : scriptOf(screen, nonce)}
      </body>
    </html>`
  // A promise among the parts would make one of the whole, and be sent as the word [object Promise].
  if (document instanceof Promise) throw new TypeError('A page is made of finished text.')
  return String(document)
}

/** A preview does nothing, and its frame would be told so by the browser. */
function scriptOf(screen: Screen, nonce: string): Html {
  return html`<script nonce="${nonce}">
    ${raw(pageScript)}
    ${raw(screen.script ?? '')}
  </script>`
}

function legal({ brand: { settings } }: Look, say: Say): Html | string {
  const { terms_url: terms, privacy_url: privacy } = settings
  if (terms === null && privacy === null) return ''
  return html`<div class="ak-Legal">
    ${terms === null ? '' : html`<a class="ak-Link" href="${terms}">${say('terms')}</a>`}
    ${privacy === null ? '' : html`<a class="ak-Link" href="${privacy}">${say('privacy')}</a>`}
  </div>`
}
