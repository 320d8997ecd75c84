import { change, type Work } from '#db/work.ts'
import { sendEmailVerification } from '../authentication/email-verification.ts'
import { plainFacts } from '../authentication/facts.ts'
import { maySignUp } from '../authentication/sign-up.ts'
import { readSettings } from '../authentication/settings.ts'
import { BadRequest } from '../errors.ts'
import { spendMail } from '../mail/limit.ts'
import { queueMail } from '../mail/queue.ts'
import type { Client } from '../sso/attempts.ts'
import { createUser } from '../users/create.ts'
import { preparePassword, setPassword } from '../users/passwords.ts'
import { findUserByEmail, readUser } from '../users/read.ts'
import { advance, type Next } from './advance.ts'
import { type LoginDeps, moveTo } from './answers.ts'
import { findDomainPolicy } from './domain-policy.ts'
import { atEvenPace } from '../even-pace.ts'
import { lockOpen } from './invitation.ts'
import { type HostedLogin, lockLogin, saveState } from './state.ts'

export interface NewAccount {
  readonly email: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly password: string
  readonly locale: string
}

export type SignUp = Next | { readonly kind: 'closed' } | { readonly kind: 'weak_password'; readonly code: string }

/**
 * Makes an account and asks for its inbox. Somebody who has the address gets a mail that says so, and the page is the
 * same: only the inbox learns who exists.
 */
export async function signUp(
  deps: LoginDeps,
  login: HostedLogin,
  account: NewAccount,
  client: Client,
  signInUrl: string,
): Promise<SignUp> {
  const { environment } = login
  const { email } = account
  const policy = await findDomainPolicy(deps.db, environment, email)
  if (policy) return moveTo(deps, login, { step: 'sso', email, connection: policy.connection })
  const settings = await readSettings(deps.db.kysely, environment)
  const isOpen = await maySignUp(deps.db.kysely, environment, settings, email)
  if (!settings.methods.password || !(isOpen || login.request.invitation?.email === email)) return { kind: 'closed' }
  const names = { first_name: account.firstName, last_name: account.lastName }
  const prepared = await preparePassword(
    deps.db,
    environment,
    { email, ...names },
    account.password,
    settings.password,
  ).catch(weakness)
  if ('code' in prepared) return { kind: 'weak_password', code: prepared.code }

  const act = async (work: Work): Promise<SignUp> => {
    const current = await lockLogin(work, login)
    const known = await findUserByEmail(work.tx, environment, email)
    const code = { sentAt: work.now.toISOString(), wrong: 0 }
    const waiting = { ...current.state, step: 'email-verification' as const, email, code, problem: null, factor: null }
    if (known) {
      await spendMail(work.tx, environment, email, work.now)
      await queueMail(work, deps.secrets, 'account_exists', {
        to: known.email,
        locale: account.locale,
        values: { url: signInUrl },
      })
      await saveState(work, current, { ...waiting, proven: null })
      return { kind: 'step', step: 'email-verification' }
    }
    if (!isOpen && !(await lockOpen(work, current, email))) return { kind: 'closed' }
    const user = await createUser(work, { email, ...names, locale: account.locale })
    await setPassword(work, user.id, { ...prepared, selfChosen: true }, settings.password)
    return advance(work, deps, current, { user, facts: plainFacts('Password', client), link: null })
  }
  return atEvenPace(() => change(deps, { environment }, act))
}

/** Another mail to the inbox that is asked for; to nobody, where it is not asked in earnest. @throws Busy */
export async function resendVerification(deps: LoginDeps, login: HostedLogin): Promise<void> {
  await spendMail(deps.db.kysely, login.environment, login.state.email ?? '', deps.clock())
  const act = async (work: Work) => {
    const { state } = await lockLogin(work, login)
    if (state.proven)
      await sendEmailVerification(work, deps.secrets, await readUser(work.tx, work.environment, state.proven.user))
    await saveState(work, login, { ...state, code: { sentAt: work.now.toISOString(), wrong: 0 } })
  }
  await atEvenPace(() => change(deps, { environment: login.environment }, act))
}

function weakness(error: unknown): { readonly code: string } {
  if (error instanceof BadRequest && error.code === 'password_strength_error')
    return { code: error.errors?.[0]?.code ?? 'password_too_short' }
  throw error
}
