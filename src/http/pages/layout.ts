import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { html, raw } from 'hono/html'

/** Markup that escaped everything it was given. */
export type Html = ReturnType<typeof html>

export interface Page {
  readonly title: string
  readonly body: Html
  /** Origins that forms on this page may lead to, besides our own. Chromium applies it to redirects after a POST too. */
  readonly formTargets?: readonly string[]
  /** Submits the page's form as soon as it is there; without JavaScript its button does. */
  readonly submitsItself?: boolean
  /** Pages of our own may be shown inside this one. */
  readonly frames?: boolean
}

const style = `
:root{color-scheme:light dark;--paper:#f6f7f9;--card:#fff;--ink:#1c2024;--soft:#5b6169;--line:#d9dce1;--accent:#3451b2;--on-accent:#fff;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#111315;--card:#1a1c1f;--ink:#eceef0;--soft:#a6abb3;--line:#33373c;--accent:#9eb1ff;--on-accent:#111a35;--bad:#ff9d94}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:480px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:28px 24px;overflow-wrap:anywhere}
h1{font-size:1.3rem;line-height:1.3;margin:0 0 12px}
p{margin:0 0 12px}
dl{margin:16px 0;display:grid;gap:10px}
dt{color:var(--soft);font-size:.85rem}
dd{margin:0;font-family:ui-monospace,monospace;font-size:.9rem}
.soft{color:var(--soft);font-size:.9rem}
.button{display:inline-block;border:0;border-radius:8px;padding:10px 18px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
label{display:grid;gap:4px;margin:0 0 14px;font-weight:600;font-size:.9rem}
input{width:100%;padding:9px 12px;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:var(--ink);font:inherit;font-weight:400}
.problem{padding:10px 12px;border:1px solid currentcolor;border-radius:8px;color:var(--bad)}
.code{width:max-content;max-width:100%;margin:12px 0;border-radius:8px;overflow:hidden;line-height:0;background:#fff}
pre{margin:12px 0;padding:12px;border:1px solid var(--line);border-radius:8px;overflow-x:auto;font-size:.85rem;white-space:pre-wrap}
.list{list-style:none;margin:16px 0 0;padding:0}
.list li{padding:14px 0;border-top:1px solid var(--line);display:grid;gap:6px;justify-items:start}
a{color:var(--accent)}
.button:is(a){color:var(--on-accent)}
.code{font:600 1.5rem/1.4 ui-monospace,monospace;letter-spacing:.15em}
iframe{width:100%;height:480px;border:1px solid var(--line);border-radius:8px;background:#fff}
`

/** Sends a page of ours: no framework, no requests of its own, and a policy that lets nothing else in. */
export function sendPage(reply: FastifyReply, status: number, page: Page): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const script = page.submitsItself ? 'document.forms[0].submit()' : undefined
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${page.title}</title>
        <style nonce="${nonce}">
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${page.title}</h1>
          ${page.body}
        </main>
        ${
          script === undefined
            ? ''
            : html`<script nonce="${nonce}">
                ${raw(script)}
              </script>`
        }
      </body>
    </html>`
  // A promise among the parts would make one of the whole, and be sent as the word [object Promise].
  if (document instanceof Promise) throw new TypeError('A page is made of finished text.')
  const formAction = ["'self'", ...(page.formTargets ?? [])].join(' ')
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    ...(script === undefined ? [] : [`script-src 'nonce-${nonce}'`]),
    ...(page.frames ? ["frame-src 'self'"] : []),
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
  return reply
    .status(status)
    .headers({
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    })
    .type('text/html; charset=utf-8')
    .send(String(document))
}
