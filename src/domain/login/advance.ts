import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { createAuthorizationCode } from '../authentication/codes.ts'
import { readCircumstances } from '../authentication/circumstances.ts'
import type { SignInFacts } from '../authentication/facts.ts'
import { conclude, type Conclusion } from '../authentication/conclude.ts'
import { sendEmailVerification } from '../authentication/email-verification.ts'
import { challengeFactor, enrollFactor } from '../authentication/mfa.ts'
import { spendMail } from '../mail/limit.ts'
import { withParameters } from '../sso/start-login.ts'
import type { UserRow } from '../users/present.ts'
import { openHostedSession } from './hosted-session.ts'
import { joinInvited } from './invitation.ts'
import { mayOfferPasskey } from './passkey-offer.ts'
import { type HostedLogin, type LoginState, type Proven, saveState, type Step } from './state.ts'

/** Where the browser goes now. */
export type Next =
  | { readonly kind: 'step'; readonly step: Step }
  | {
      readonly kind: 'leave'
      readonly location: string
      /** For the browser to keep. */
      readonly hostedSession: string
      /** Which button or way in it was, by its name; null where this sign-in does not tell. */
      readonly way: string | null
    }

/** What somebody has shown so far, and who it is. */
export interface Shown extends Omit<Proven, 'user'> {
  readonly user: UserRow
}

export interface AdvanceDeps {
  readonly secrets: Secrets
}

/**
 * Goes on from what was shown: to the application with a code, or to the one thing that is asked for next. The decision
 * is the same as for `/user_management/authenticate`, which asks it once more when the code is redeemed.
 */
export async function advance(work: Work, deps: AdvanceDeps, from: HostedLogin, given: Shown): Promise<Next> {
  // An account elsewhere opens this one only for whoever reads its mail.
  if (given.link !== null && !given.facts.emailProven)
    return askForInbox(work, deps, from, given, provenBy(from, given))
  const joined = await joinInvited(work, from, given)
  if (typeof joined === 'string') return fail(work, from, null, joined)
  const { login, shown } = joined
  const { user } = shown
  const proven = provenBy(login, shown)
  const { facts } = proven
  const circumstances = await readCircumstances(work.tx, work.environment, user.id)
  const isGuest =
    facts.connection !== null && !circumstances.memberships.some(({ id }) => id === facts.connection?.organization)
  if (isGuest) return fail(work, login, proven, 'notMember')
  const conclusion = conclude({ user, ...facts }, circumstances)
  if (conclusion.kind === 'email_verification_required') return askForInbox(work, deps, login, shown, proven)
  if (conclusion.kind !== 'done') return interrupt(work, deps, login, shown, proven, conclusion)

  const done = { ...facts, organization: conclusion.organization }
  // Whoever is signed in here has not said yet that the device is theirs.
  if (login.request.device !== null)
    return go(work, login, {
      ...login.state,
      step: 'device',
      email: user.email,
      proven: { ...proven, facts: done },
      factor: null,
      code: null,
      problem: null,
    })
  if (await mayOfferPasskey(work, login.state, user, done, circumstances))
    return go(work, login, {
      ...login.state,
      step: 'passkey/enrollment',
      email: user.email,
      proven: { ...proven, facts: done },
      factor: null,
      code: null,
      problem: null,
    })
  const leave = { kind: 'leave', way: wayOf(login, facts) } as const
  const finished = { ...login.state, step: 'finished', email: user.email, proven: null, factor: null } as const
  if (login.request.atSignInEndpoint) {
    const hostedSession = await openHostedSession(work, circumstances.settings, user.id, done, login.id)
    await saveState(work, login, finished)
    return { ...leave, location: login.request.redirectUri, hostedSession }
  }
  const code = await createAuthorizationCode(work, {
    user: user.id,
    redirectUri: login.request.redirectUri,
    codeChallenge: login.request.codeChallenge,
    facts: done,
    login: login.id,
  })
  const hostedSession = await openHostedSession(work, circumstances.settings, user.id, done)
  await saveState(work, login, finished)
  const { redirectUri, state } = login.request
  return {
    ...leave,
    location: withParameters(redirectUri, { code, ...(state !== null && { state }) }),
    hostedSession,
  }
}

/** Sessions have one word for all connections and for all providers of an environment's own; buttons have one each. */
function wayOf({ state }: HostedLogin, { method, connection }: SignInFacts): string | null {
  if (connection !== null) return connection.id
  return method === 'ExternalAuth' ? state.provider : method
}

function provenBy({ request }: HostedLogin, { user, facts, link }: Shown): Proven {
  return { user: user.id, facts: { ...facts, organization: facts.organization ?? request.organization }, link }
}

async function askForInbox(
  work: Work,
  { secrets }: AdvanceDeps,
  login: HostedLogin,
  { user }: Shown,
  proven: Proven,
): Promise<Next> {
  await sendEmailVerification(work, secrets, user)
  await spendMail(work.tx, work.environment, user.email, work.now)
  const code = { sentAt: work.now.toISOString(), wrong: 0 }
  return go(work, login, { ...login.state, step: 'email-verification', email: user.email, code, proven })
}

async function interrupt(
  work: Work,
  { secrets }: AdvanceDeps,
  login: HostedLogin,
  { user }: Shown,
  proven: Proven,
  conclusion: Exclude<Conclusion, { kind: 'done' | 'email_verification_required' }>,
): Promise<Next> {
  const state: LoginState = { ...login.state, email: user.email, proven, code: null, problem: null }
  switch (conclusion.kind) {
    case 'organization_selection_required':
      return go(work, login, { ...state, step: 'organization' })
    case 'mfa_enrollment': {
      const { row } = await enrollFactor(work, secrets, {
        user: user.id,
        issuer: await nameOfIssuer(work),
        account: user.email,
      })
      const challenge = await challengeFactor(work, row.id)
      return go(work, login, { ...state, step: 'mfa/enrollment', factor: { id: row.id, challenge: challenge.id } })
    }
    case 'mfa_challenge': {
      const [factor] = conclusion.factors
      if (!factor) throw new Error('A challenge without a factor.')
      const challenge = await challengeFactor(work, factor.id)
      return go(work, login, { ...state, step: 'mfa/verification', factor: { id: factor.id, challenge: challenge.id } })
    }
    case 'sso_required':
    case 'organization_methods_required': {
      const [connection] = conclusion.connections
      if (connection !== undefined)
        return go(work, login, { ...state, step: 'sso', proven: null, connection, provider: null })
      return backToSignIn(work, login, user.email)
    }
    case 'method_not_allowed':
      return backToSignIn(work, login, user.email)
    case 'not_a_member':
      return fail(work, login, proven, 'notMember')
    default:
      return conclusion satisfies never
  }
}

async function backToSignIn(work: Work, login: HostedLogin, email: string): Promise<Next> {
  const problem = { text: 'methodOff', reference: null } as const
  return go(work, login, { ...login.state, step: 'sign-in', email, proven: null, code: null, problem })
}

export async function fail(
  work: Work,
  login: HostedLogin,
  proven: Proven | null,
  text: NonNullable<LoginState['problem']>['text'],
  reference: string | null = null,
): Promise<Next> {
  return go(work, login, { ...login.state, step: 'failed', proven, problem: { text, reference } })
}

export async function go(work: Work, login: HostedLogin, state: LoginState): Promise<Next> {
  await saveState(work, login, state)
  return { kind: 'step', step: state.step }
}

/** What authenticator apps show above the code. */
async function nameOfIssuer(work: Work): Promise<string> {
  const row = await work.tx
    .selectFrom('environments as e')
    .leftJoin('brandings as b', 'b.environment_id', 'e.id')
    .select(['e.name', 'b.settings'])
    .where('e.id', '=', work.environment)
    .executeTakeFirstOrThrow()
  const { application_name: name } = (row.settings ?? {}) as { application_name?: string | null } // saveBranding's
  return name ?? row.name
}
