import type { FastifyReply } from 'fastify'
import { html, raw } from 'hono/html'
import { encodeBase32, otpauthUri } from '#protocols/totp.ts'
import { sendPage } from './layout.ts'

const codeInput = html`<label>
  Code from your authenticator app
  <input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="10" />
</label>`

function problemOf(problem: string | undefined) {
  return problem === undefined ? '' : html`<p role="alert" class="problem">${problem}</p>`
}

/** @param email what was typed before, so that nobody types it again. */
export function sendDashboardSignIn(reply: FastifyReply, status: number, email = '', problem?: string): FastifyReply {
  return sendPage(reply, status, {
    title: 'Sign in to the dashboard',
    body: html`${problemOf(problem)}
      <form method="post" action="/dashboard/sign-in">
        <label>
          E-mail
          <input name="email" type="email" autocomplete="username" required maxlength="254" value="${email}" />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        ${codeInput}
        <button class="button" type="submit">Sign in</button>
      </form>
      <p class="soft">
        Lost your password or phone? An owner can send you a new invitation, or: gatehouse dashboard invite
      </p>`,
  })
}

export interface InvitationPage {
  readonly token: string
  readonly email: string
  readonly totpSecret: Buffer
}

/** Sets a password and a second factor. The secret is shown to whoever has the link: it is for them. */
export async function sendInvitation(
  reply: FastifyReply,
  status: number,
  { token, email, totpSecret }: InvitationPage,
  problem?: string,
): Promise<FastifyReply> {
  const uri = otpauthUri(totpSecret, { issuer: 'Gatehouse', account: email })
  const { toString: drawQrCode } = await import('qrcode')
  const code = await drawQrCode(uri, { type: 'svg', margin: 2, width: 180 })
  const secret = encodeBase32(totpSecret).replaceAll(/(.{4})(?=.)/g, '$1 ')
  return sendPage(reply, status, {
    title: 'Welcome to the dashboard',
    body: html`${problemOf(problem)}
      <p>Scan this with an authenticator app, or type the secret into it.</p>
      <div class="code" role="img" aria-label="QR code of the secret below">${raw(code)}</div>
      <dl>
        <div>
          <dt>Secret</dt>
          <dd>${secret}</dd>
        </div>
      </dl>
      <form method="post" action="/dashboard/invitation">
        <input type="hidden" name="token" value="${token}" />
        <input type="hidden" name="username" autocomplete="username" value="${email}" />
        <label>
          New password for ${email}
          <input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="200" />
        </label>
        ${codeInput}
        <button class="button" type="submit">Set password and sign in</button>
      </form>`,
  })
}

export function sendUnknownInvitation(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, {
    title: 'This invitation does not work',
    body: html`<p>It was used, was replaced by a newer one, or is older than a day.</p>
      <p class="soft">Ask whoever sent it for another, or sign in if you have used it.</p>
      <p><a class="button" href="/dashboard/sign-in">Sign in</a></p>`,
  })
}
