import { change, type Work } from '#db/work.ts'
import { sendMagicAuth } from '../authentication/magic-auth.ts'
import { readSettings } from '../authentication/settings.ts'
import { BadRequest } from '../errors.ts'
import { spendMail } from '../mail/limit.ts'
import { type LoginDeps, moveTo } from './answers.ts'
import type { Next } from './advance.ts'
import { findDomainPolicy } from './domain-policy.ts'
import { atEvenPace } from '../even-pace.ts'
import { admitInvited } from './invitation.ts'
import { type HostedLogin, lockLogin, saveState } from './state.ts'

/** Long enough that impatience does not fill an inbox. */
export const resendAfterMs = 30_000

/**
 * The address decides the way: a domain under policy goes to its identity provider, everybody else to a password or a
 * code. Nothing here depends on whether somebody has the address.
 */
export async function identifyByEmail(
  deps: LoginDeps,
  login: HostedLogin,
  email: string,
  locale: string,
): Promise<Next | 'no_methods'> {
  const policy = await findDomainPolicy(deps.db, login.environment, email)
  if (policy) return moveTo(deps, login, { step: 'sso', email, connection: policy.connection })
  const { methods } = await readSettings(deps.db.kysely, login.environment)
  if (methods.password) return moveTo(deps, login, { step: 'password', email })
  if (methods.magic_auth) return sendCode(deps, login, email, locale)
  return 'no_methods'
}

/** Mails a code to the address, if somebody is there or may come to be; the page is the same if not. @throws Busy */
export async function sendCode(deps: LoginDeps, login: HostedLogin, email: string, locale: string): Promise<Next> {
  const act = async (work: Work): Promise<Next> => {
    const { state } = await lockLogin(work, login)
    await admitInvited(work, login, email)
    await sendMagicAuth(work, deps.secrets, email, locale).catch(ignoreStrangers)
    const code = { sentAt: work.now.toISOString(), wrong: 0 }
    await saveState(work, login, { ...state, step: 'magic-code', email, code, proven: null, problem: null })
    return { kind: 'step', step: 'magic-code' }
  }
  await spendMail(deps.db.kysely, login.environment, email, deps.clock())
  return atEvenPace(() => change(deps, { environment: login.environment }, act))
}

/** How long until another code may be asked for. */
export function secondsToResend({ state: { code } }: HostedLogin, now: Date): number {
  if (!code) return 0
  return Math.max(0, Math.ceil((Date.parse(code.sentAt) + resendAfterMs - now.getTime()) / 1000))
}

function ignoreStrangers(error: unknown): void {
  const isRefusal =
    error instanceof BadRequest &&
    (error.code === 'sign_up_not_allowed' || error.code === 'authentication_method_not_allowed')
  if (!isRefusal) throw error
}
