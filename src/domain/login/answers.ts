import type { OrganizationId } from '#contracts/ids.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { announce } from '../authentication/announce.ts'
import { confirmEmail, markEmailVerified } from '../authentication/email-verification.ts'
import { shownWith, plainFacts } from '../authentication/facts.ts'
import { checkMagicAuth } from '../authentication/magic-auth.ts'
import { holdProvenFactors, verifyChallenge } from '../authentication/mfa.ts'
import { codeLifetimeMs, type CodeVerdict } from '../authentication/one-time-code.ts'
import { consumeRecoveryCode, createRecoveryCodes, isRecoveryCode } from '../authentication/recovery-codes.ts'
import type { Client } from '../sso/attempts.ts'
import { checkPassword, lockPasswordHolder } from '../users/passwords.ts'
import { findUserByEmail, readUser } from '../users/read.ts'
import { advance, go, type Next, type Shown } from './advance.ts'
import { linkIdentity } from './identify.ts'
import { type HostedLogin, lockLogin, type LoginState, saveState } from './state.ts'

export interface LoginDeps extends ChangeDeps {
  readonly db: Database
  readonly secrets: Secrets
}

/** A code that is wrong, too old, or one too many. */
export type Refused = { readonly kind: 'refused'; readonly verdict: Exclude<CodeVerdict, 'right'> }

/** The same for everybody, whether there is somebody to whom a code was sent or not. */
const maxWrongCodes = 5

type LoginVerb<T> = (work: Work, login: HostedLogin) => Promise<T>

function changeLogin<T>(deps: LoginDeps, login: HostedLogin, verb: LoginVerb<T>): Promise<T> {
  return change(deps, { environment: login.environment }, async (work) => verb(work, await lockLogin(work, login)))
}

/** Forgets what was shown, to begin again with another address or way. */
export async function moveTo(
  deps: LoginDeps,
  login: HostedLogin,
  to: Pick<LoginState, 'step'> & Partial<LoginState>,
): Promise<Next> {
  return changeLogin(deps, login, (work, { state }) =>
    go(work, login, { ...state, provider: null, proven: null, factor: null, code: null, problem: null, ...to }),
  )
}

/** @returns undefined when address and password do not belong together, whichever of them is wrong. */
export async function answerPassword(
  deps: LoginDeps,
  login: HostedLogin,
  email: string,
  password: string,
  client: Client,
): Promise<Next | undefined> {
  const checked = await checkPassword(deps, login.environment, email, password)
  return changeLogin(deps, login, async (work, current) => {
    const holder = await lockPasswordHolder(work, checked)
    announce(work, 'password', holder ? 'right' : 'invalid_credentials', {
      user: checked.user ?? null,
      email,
      origin: client,
    })
    if (!holder) return undefined
    return advance(work, deps, current, { user: holder, facts: plainFacts('Password', client), link: null })
  })
}

export async function answerMagicCode(
  deps: LoginDeps,
  login: HostedLogin,
  code: string,
  client: Client,
): Promise<Next | Refused> {
  return changeLogin(deps, login, async (work, current) => {
    const { email } = current.state
    const early = refusedEarly(current, work.now)
    if (early || email === null) return { kind: 'refused', verdict: early ?? 'expired' }
    const user = await findUserByEmail(work.tx, work.environment, email)
    const verdict = user ? await checkMagicAuth(work, deps.secrets, user, code) : 'incorrect'
    announce(work, 'magic_auth', verdict, { user: user ?? null, email, origin: client })
    if (!user || verdict !== 'right') return countWrong(work, current)
    const facts = { ...plainFacts('MagicAuth', client), emailProven: true }
    return advance(work, deps, current, { user: await markEmailVerified(work, user), facts, link: null })
  })
}

/** The inbox of somebody who showed something else before. Without that, it was never asked in earnest: no code is right. */
export async function answerEmailCode(
  deps: LoginDeps,
  login: HostedLogin,
  code: string,
  client: Client,
): Promise<Next | Refused> {
  return changeLogin(deps, login, async (work, current) => {
    const early = refusedEarly(current, work.now)
    if (early) return { kind: 'refused', verdict: early }
    const shown = await shownSoFar(work, current)
    if (!shown) return countWrong(work, current)
    const along = shownWith(shown.facts, shown.link === null)
    const { verdict, user } = await confirmEmail(work, deps.secrets, shown.user, code, along)
    announce(work, 'email_verification', verdict, { user, origin: client })
    if (verdict !== 'right') return countWrong(work, current)
    if (shown.link) await linkIdentity(work, user.id, shown.link)
    return advance(work, deps, current, { user, facts: { ...shown.facts, emailProven: true }, link: null })
  })
}

/** The code of an authenticator app, or a recovery code in its place. */
export async function answerSecondFactor(
  deps: LoginDeps,
  login: HostedLogin,
  code: string,
  client: Client,
): Promise<Next | Refused | { readonly kind: 'enrolled'; readonly recoveryCodes: readonly string[] }> {
  return changeLogin(deps, login, async (work, current) => {
    const { factor, step } = current.state
    const shown = await shownSoFar(work, current)
    if (!factor || !shown) return { kind: 'refused', verdict: 'expired' }
    const { user } = shown
    const enrolling = step === 'mfa/enrollment'
    // Somebody may have made one meanwhile: whoever knows the password alone gets none beside it, and no recovery codes.
    if (enrolling && (await holdProvenFactors(work, user.id)).length > 0) return advance(work, deps, current, shown)
    const verdict =
      !enrolling && isRecoveryCode(code)
        ? (await consumeRecoveryCode(work, user.id, code))
          ? 'right'
          : 'incorrect'
        : await verifyFactor(work, deps, user.id, factor, code)
    announce(work, 'mfa', verdict, { user, origin: client })
    if (verdict !== 'right') return { kind: 'refused', verdict }
    const facts = { ...shown.facts, mfa: true }
    if (!enrolling) return advance(work, deps, current, { ...shown, facts })
    const recoveryCodes = await createRecoveryCodes(work, user.id)
    const proven = { user: user.id, facts, link: shown.link }
    await saveState(work, current, { ...current.state, step: 'mfa/kept', proven, factor: null })
    return { kind: 'enrolled', recoveryCodes }
  })
}

async function verifyFactor(
  work: Work,
  { secrets }: LoginDeps,
  user: string,
  factor: NonNullable<LoginState['factor']>,
  code: string,
): Promise<CodeVerdict> {
  const { verdict } = await verifyChallenge(
    work,
    secrets,
    factor.challenge,
    code,
    ({ id, user_id }) => id === factor.id && user_id === user,
  )
  return verdict
}

/** Goes on where everything asked for was shown: recovery codes are kept, or an organization is chosen. */
export async function goOn(
  deps: LoginDeps,
  login: HostedLogin,
  step: 'mfa/kept' | 'organization',
  organization: OrganizationId | null,
): Promise<Next> {
  return changeLogin(deps, login, async (work, current) => {
    const shown = await shownSoFar(work, current)
    if (!shown || current.state.step !== step) return { kind: 'step', step: current.state.step }
    const facts = organization === null ? shown.facts : { ...shown.facts, organization }
    return advance(work, deps, current, { ...shown, facts })
  })
}

export async function shownSoFar(work: Work, { state }: HostedLogin): Promise<Shown | undefined> {
  const { proven } = state
  return proven === null
    ? undefined
    : { user: await readUser(work.tx, work.environment, proven.user), facts: proven.facts, link: proven.link }
}

function refusedEarly({ state: { code } }: HostedLogin, now: Date): Refused['verdict'] | undefined {
  if (!code || Date.parse(code.sentAt) + codeLifetimeMs <= now.getTime()) return 'expired'
  return code.wrong >= maxWrongCodes ? 'too_many_attempts' : undefined
}

/** What else may be wrong with a code, only somebody who was sent one can have: no page may depend on that. */
async function countWrong(work: Work, login: HostedLogin): Promise<Refused> {
  const { code } = login.state
  if (code) await saveState(work, login, { ...login.state, code: { ...code, wrong: code.wrong + 1 } })
  return { kind: 'refused', verdict: 'incorrect' }
}
