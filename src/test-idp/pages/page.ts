import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { html, raw } from 'hono/html'
import type { FieldErrors } from '../problem.ts'
import { styles } from './styles.ts'

export type Html = ReturnType<typeof html>

/** What a refused form held, so that nothing has to be typed again, and a sentence per field. */
export interface Refused {
  readonly values: URLSearchParams
  readonly errors: FieldErrors
}

export interface Page {
  readonly title: string
  readonly body: Html
  readonly status?: number
  readonly width?: 'narrow'
  /** Runs at the end of the body. A constant of ours, never built from input. */
  readonly script?: string
  /** Where the forms of this page may lead: `'self'` unless said otherwise. */
  readonly formAction?: string
}

/** Sends a page that may load nothing, run nothing but its own script, and be framed by nobody. */
export async function sendPage(reply: FastifyReply, page: Page): Promise<FastifyReply> {
  const nonce = randomBytes(16).toString('base64')
  const script =
    page.script === undefined
      ? ''
      : html`<script nonce="${nonce}">
          ${raw(page.script)}
        </script>`
  const text = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} – Test identity provider</title>
        <style nonce="${nonce}">
          ${raw(styles)}
        </style>
      </head>
      <body>
        <header class="banner">
          <strong>Test identity provider – for development.</strong> Anybody can sign in as anybody here.
          <a href="/test-idp">All test identity providers</a>
        </header>
        <main class="${page.width ?? ''}">${page.body}</main>
        ${script}
      </body>
    </html> `
  return reply
    .status(page.status ?? 200)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        `style-src 'nonce-${nonce}'`,
        `script-src 'nonce-${nonce}'`,
        `form-action ${page.formAction ?? "'self'"}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join('; '),
      'cache-control': 'no-store',
      // Not no-referrer: that would make the Origin of our own forms "null", which we then could not tell from a stranger's.
      'referrer-policy': 'strict-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    .send(text.toString())
}
