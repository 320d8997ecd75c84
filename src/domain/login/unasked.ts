import type { ConnectionId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { change } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import type { Client } from '../sso/attempts.ts'
import { continueAttempt, takeUnasked } from '../sso/unasked.ts'
import type { Next } from './advance.ts'
import { type LoginDeps, moveTo } from './answers.ts'
import { type BrowserSecret, hashBrowserSecret, newBrowserSecret } from './browser.ts'
import { enter, mayEnter } from './sso.ts'
import { createLogin } from './start.ts'
import { freshState, type HostedLogin, lockLogin } from './state.ts'

/** For as long somebody who agreed once is not asked again. */
export const consentLifetimeMs = 365 * 86_400_000

export interface UnaskedVisitor {
  readonly browser: BrowserSecret
  /** What the browser keeps of a consent to a connection. */
  readonly consent: (connection: ConnectionId) => string | undefined
}

/**
 * Takes up a sign-in that began at an identity provider. Anybody can make a browser bring an answer that is about
 * themselves, and whoever sits there would go on in a stranger's account. So the person is asked, once in a browser for
 * each connection and account, whether that is who they are.
 * @returns undefined for a code that opens nothing.
 */
export async function startUnasked(
  deps: LoginDeps & { readonly baseUrl: string },
  code: string,
  visitor: UnaskedVisitor,
  client: Client,
): Promise<{ readonly login: HostedLogin; readonly next: Next } | undefined> {
  const unasked = await takeUnasked(deps.db, code, deps.baseUrl, deps.clock())
  if (!unasked) return undefined
  const { profile, environment, environmentKind: kind, clientId, host } = unasked
  const query = new URLSearchParams({ client_id: clientId, response_type: 'code', provider: 'authkit' })
  const request: HostedLogin['request'] = {
    clientId,
    redirectUri: unasked.signInEndpoint,
    atSignInEndpoint: true,
    state: null,
    codeChallenge: null,
    organization: profile.organization_id,
    uiLocales: null,
    invitation: null,
    device: null,
    query: query.toString(),
  }
  const state = { ...freshState, step: 'consent', email: profile.email, unasked: { profile, host } } as const
  const login = await createLogin(deps, { environment, kind }, hashBrowserSecret(visitor.browser), request, state)
  await continueAttempt(deps.db, unasked, login.id)
  const known = await hasConsented(deps, login, visitor.consent(profile.connection_id))
  return { login, next: known ? await goOn(deps, login, client, null) : { kind: 'step', step: 'consent' } }
}

/** The person has said that it is them. @returns what the browser keeps, so that it need not be asked again. */
export async function agree(
  deps: LoginDeps,
  login: HostedLogin,
  client: Client,
): Promise<{ readonly next: Next; readonly consent: string }> {
  const consent = newBrowserSecret()
  return { next: await goOn(deps, login, client, consent), consent }
}

/** It is somebody else: nothing was made of the answer, and they may sign in as who they are. */
export function disagree(deps: LoginDeps, login: HostedLogin): Promise<Next> {
  return login.state.step === 'consent'
    ? moveTo(deps, login, { step: 'sign-in', email: null, unasked: null })
    : Promise.resolve({ kind: 'step', step: login.state.step })
}

async function goOn(deps: LoginDeps, login: HostedLogin, client: Client, consent: string | null): Promise<Next> {
  const { unasked } = login.state
  if (!unasked) return { kind: 'step', step: login.state.step }
  const maySignUp = await mayEnter(deps, login, unasked.profile)
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    if (current.state.step !== 'consent') return { kind: 'step', step: current.state.step }
    if (consent !== null)
      await work.tx
        .insertInto('sign_in_consents')
        .values({
          hash: hashSecret(consent),
          environment_id: work.environment,
          connection_id: unasked.profile.connection_id,
          profile_id: unasked.profile.id,
          expires_at: new Date(work.now.getTime() + consentLifetimeMs),
        })
        .execute()
    return enter(work, deps, { ...current, state: { ...current.state, unasked: null } }, unasked.profile, {
      maySignUp,
      client,
    })
  })
}

const findConsent = prepared<[Buffer, string, string, string, Date], { readonly known: boolean }>(
  'login-consent',
  `select true as known from sign_in_consents
   where hash = $1 and environment_id = $2 and connection_id = $3 and profile_id = $4 and expires_at > $5`,
)

async function hasConsented(
  { db, clock }: LoginDeps & { readonly db: Database },
  { environment, state: { unasked } }: HostedLogin,
  consent: string | undefined,
): Promise<boolean> {
  if (consent === undefined || !unasked) return false
  const { connection_id: connection, id } = unasked.profile
  const [row] = await findConsent(db.pool, hashSecret(consent), environment, connection, id, clock())
  return row !== undefined
}
