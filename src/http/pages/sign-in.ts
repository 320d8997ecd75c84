import type { FastifyReply } from 'fastify'
import { html } from 'hono/html'
import type { UnregisteredRedirect } from '#domain/sso/start-login.ts'
import { sendPage } from './layout.ts'

/** Posts a SAML message to the identity provider: by itself, or by its button where scripts do not run. */
export function sendPostBinding(
  reply: FastifyReply,
  destination: string,
  fields: Readonly<Record<string, string>>,
): FastifyReply {
  return sendPage(reply, 200, {
    title: 'Continue to your identity provider',
    // Identity providers send the browser on after the POST, and Chromium applies the policy to those hops too.
    formTargets: [new URL(destination).origin, 'https:'],
    submitsItself: true,
    body: html`<form method="post" action="${destination}">
      ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <p>You are being sent to your organization's sign-in page.</p>
      <button class="button" type="submit">Continue</button>
    </form>`,
  })
}

export function sendUnknownClient(reply: FastifyReply, clientId: string | undefined): FastifyReply {
  return sendPage(reply, 400, {
    title: 'This application is not known here',
    body: html`<p>
        ${
          clientId === undefined
            ? 'The application did not say who it is: the client_id parameter is missing.'
            : html`No environment of this server has the client id below.`
        }
      </p>
      ${
        clientId === undefined
          ? ''
          : html`<dl>
              <div>
                <dt>client_id received</dt>
                <dd>${clientId.slice(0, 200)}</dd>
              </div>
            </dl>`
      }
      <p class="soft">
        For the application's developer: copy the client id of the environment you are using, and check that the
        application talks to this server.
      </p>`,
  })
}

/** There somebody who may change it sees what the address is before it is registered by a click of theirs. */
function redirectsPage(environment: string, received: string | undefined): string {
  return `/dashboard/${environment}/redirects?${new URLSearchParams({ uri: received ?? '' })}`
}

/**
 * What to paste into a shell. The address came from whoever made the link, so one that a shell would read as more than
 * text gets no command.
 */
function registerCommand(received: string | undefined): string | undefined {
  if (received === undefined || !/^https?:\/\/[\w.:/*-]{1,500}$/.test(received)) return undefined
  return `curl -X POST "$GATEHOUSE_URL/user_management/redirect_uris" \\
  -H "Authorization: Bearer $WORKOS_API_KEY" -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ uri: received })}'`
}

/** The one problem that must never be reported by redirect: where to would be the attacker's choice. */
export function sendUnregisteredRedirect(
  reply: FastifyReply,
  { received, nearest, environmentKind, environment }: UnregisteredRedirect,
) {
  const addIt = registerCommand(received)
  return sendPage(reply, 400, {
    title: 'The redirect URI is not registered',
    body: html`<p>
        ${
          received === undefined
            ? 'The application gave no redirect_uri, and its environment has no default one.'
            : 'To keep sign-ins from being sent to strangers, people are only sent to addresses registered beforehand.'
        }
      </p>
      <dl>
        ${
          received === undefined
            ? ''
            : html`<div>
                <dt>Received</dt>
                <dd>${received.slice(0, 500)}</dd>
              </div>`
        }
        <div>
          <dt>Nearest registered</dt>
          <dd>${nearest ?? 'none is registered'}</dd>
        </div>
      </dl>
      ${
        environmentKind === 'staging' && addIt !== undefined
          ? html`<p>If the received address is yours, register it in this staging environment and try again:</p>
              <p><a href="${redirectsPage(environment, received)}">Add this URI on the dashboard</a>, or in a shell:</p>
              <pre>${addIt}</pre>`
          : html`<p class="soft">For the application's developer: register the address, or send the registered one.</p>`
      }`,
  })
}

export function sendUnknownConnection(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, {
    title: 'This sign-in address is not in use',
    body: html`<p>Your identity provider sent you to an address that belongs to no connection.</p>
      <p class="soft">
        For the administrator: compare the ACS URL (single sign-on URL) at the identity provider with the one shown for
        the connection.
      </p>`,
  })
}

export function sendUnknownSignIn(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, {
    title: 'This sign-in is not known here',
    body: html`<p>The provider sent you back to a sign-in that never started here, or that is long over.</p>
      <p class="soft">Start again from the application.</p>`,
  })
}

export function sendLinkUsed(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 400, {
    title: 'This link does not work any more',
    body: html`<p>It was used before, it is too old, or what it was for has been switched off.</p>
      <p class="soft">Ask for a new one where you got it.</p>`,
  })
}

export function sendUnreadableResponse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return sendPage(reply, status, {
    title: 'Your identity provider sent something unreadable',
    body: html`<p>${message}</p>
      <p class="soft">Start again from the application. If it happens again, tell your administrator.</p>`,
  })
}

/** What the person at the browser sees of a refused response: no detail an attacker could learn from. */
export function sendRefused(reply: FastifyReply, reference: string, backTo: string | null): FastifyReply {
  return sendPage(reply, 400, {
    title: 'You could not be signed in',
    body: html`<p>
        Your identity provider answered, but the answer could not be accepted. This is usually a setting that your
        administrator can correct.
      </p>
      <dl>
        <div>
          <dt>Reference</dt>
          <dd>${reference}</dd>
        </div>
      </dl>
      <p class="soft">Give the reference to your administrator: it leads to the exact reason.</p>
      ${backTo === null ? '' : html`<p><a class="button" href="${backTo}">Return to the application</a></p>`}`,
  })
}

export function sendTooManyFailures(reply: FastifyReply, retryAfterSeconds: number): FastifyReply {
  return sendPage(reply.header('retry-after', retryAfterSeconds), 429, {
    title: 'Too many attempts',
    body: html`<p>
      Too many sign-ins from your network were refused. Wait ${retryAfterSeconds} seconds and try again.
    </p>`,
  })
}

export function sendSignedOut(reply: FastifyReply, status: 200 | 400): FastifyReply {
  return sendPage(reply, status, {
    title: status === 200 ? 'You are signed out' : 'This sign-out link does not work any more',
    body: html`<p>
      ${
        status === 200
          ? 'You can close this window.'
          : 'It was used before, or it is too old. Sign out again from the application.'
      }
    </p>`,
  })
}
