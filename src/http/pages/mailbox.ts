import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'hono/html'
import type { Mail } from '#contracts/mailbox.ts'
import { latestMail, readMail } from '#domain/mail/mailbox.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { type Html, sendPage } from './layout.ts'

const shown = 50

/**
 * The mail that would have been sent, for the developer at this machine: development only. It holds codes that sign in,
 * so it answers to our own names alone; a stranger's name that leads to this machine (DNS rebinding) gets nothing.
 */
export function mailboxPages(app: FastifyInstance, deps: Deps): void {
  app.get('/mailbox/', async (request, reply) => {
    if (!isOurs(deps, request)) return sendElsewhere(reply)
    return sendList(reply, await latestMail(deps, shown))
  })

  app.get<{ Params: { id: string } }>('/mailbox/:id', async (request, reply) => {
    if (!isOurs(deps, request)) return sendElsewhere(reply)
    const mail = await readMail(deps, checkText(request.params).id)
    if (!mail) return reply.callNotFound()
    return sendMail(reply, mail)
  })

  app.get<{ Params: { id: string } }>('/mailbox/:id/html', async (request, reply) => {
    if (!isOurs(deps, request)) return sendElsewhere(reply)
    const mail = await readMail(deps, checkText(request.params).id)
    if (!mail?.html) return reply.callNotFound()
    return reply
      .headers({
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation",
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      })
      .type('text/html; charset=utf-8')
      .send(mail.html.replace('<head>', '<head><base target="_top">'))
  })
}

function isOurs({ baseUrl }: Deps, request: FastifyRequest): boolean {
  const { host = '' } = request.headers
  const name = host.replace(/:\d+$/, '')
  return host === new URL(baseUrl).host || name === 'localhost' || name === '127.0.0.1' || name === '[::1]'
}

function sendElsewhere(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 403, {
    title: 'The mailbox is for this machine',
    body: html`<p>Open it as localhost.</p>`,
  })
}

function sendList(reply: FastifyReply, mails: readonly Mail[]): FastifyReply {
  return sendPage(reply, 200, {
    title: 'Mailbox',
    body:
      mails.length === 0
        ? html`<p>Nothing was mailed yet. Codes and links that sign-ins send appear here instead of leaving.</p>`
        : html`<p class="soft">What sign-ins mailed, newest first. Nothing leaves this machine.</p>
            <ul class="list">
              ${mails.map((mail) => row(mail))}
            </ul>`,
  })
}

function row(mail: Mail): Html {
  return html`<li>
    <a href="/mailbox/${mail.id}">${mail.subject ?? mail.kind}</a>
    <span class="soft">to ${mail.to}, ${mail.created_at.slice(0, 19).replace('T', ' ')}, ${mail.state}</span>
    ${mail.code === null ? '' : html`<code class="code">${mail.code}</code>`}
    ${mail.link === null ? '' : html`<a class="button" href="${mail.link}">Open the link</a>`}
  </li>`
}

function sendMail(reply: FastifyReply, mail: Mail): FastifyReply {
  return sendPage(reply, 200, {
    title: mail.subject ?? mail.kind,
    frames: true,
    body: html`<p class="soft">To ${mail.to}, ${mail.created_at}, ${mail.state}</p>
      ${mail.error === null ? '' : html`<p>${mail.error}</p>`}
      ${mail.code === null ? '' : html`<p><code class="code">${mail.code}</code></p>`}
      ${mail.link === null ? '' : html`<p><a class="button" href="${mail.link}">Open the link</a></p>`}
      ${mail.html === null ? '' : html`<iframe title="The message" src="/mailbox/${mail.id}/html"></iframe>`}
      ${mail.text === null ? '' : html`<pre>${mail.text}</pre>`}
      <p><a href="/mailbox/">All messages</a></p>`,
  })
}
