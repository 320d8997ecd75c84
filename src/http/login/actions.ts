import type { OrganizationId } from '#contracts/ids.ts'
import { change } from '#db/work.ts'
import { readSettings } from '#domain/authentication/settings.ts'
import { sendPasswordReset } from '#domain/authentication/password-reset.ts'
import { Forbidden, NotFound } from '#domain/errors.ts'
import {
  answerEmailCode,
  answerMagicCode,
  answerPassword,
  answerSecondFactor,
  goOn,
  moveTo,
  type Refused,
} from '#domain/login/answers.ts'
import { beginInvited } from '#domain/login/begin-invited.ts'
import { applicationUrl } from '#domain/login/application-url.ts'
import { atEvenPace } from '#domain/even-pace.ts'
import { identifyByEmail, secondsToResend, sendCode } from '#domain/login/identifier.ts'
import { offeredProviders } from '#domain/login/social.ts'
import { resendVerification, signUp } from '#domain/login/sign-up.ts'
import { isEmailAddress } from '#domain/login/start.ts'
import { disagree } from '#domain/login/unasked.ts'
import { spendMail } from '#domain/mail/limit.ts'
import type { Say } from '#domain/locales/catalogue.ts'
import type { Deps } from '../deps.ts'
import { deviceActions } from './device-actions.ts'
import { guess } from './guessing.ts'
import { type Action, again, isWrong, type Outcome, type Submission, waitFor } from './outcome.ts'
import { recoveryCodesScreen } from './screens/mfa.ts'
import { passkeyActions } from './passkey-actions.ts'
import { organizationSsoOf, reachable } from './show.ts'
import type { Visit } from './visit.ts'

/** By the last part of the address that a form is posted to. */
export const actions: Readonly<Record<string, Action>> = {
  invite: submitInvite,
  'sign-in': submitEmail,
  provider: submitProvider,
  sso: submitOrganizationSso,
  password: submitPassword,
  'sign-up': submitSignUp,
  'magic-code/send': (submission) => resend(submission, 'magic-code'),
  'magic-code': (submission) => submitCode(submission, 'magic-code'),
  'email-verification/send': (submission) => resend(submission, 'email-verification'),
  'email-verification': (submission) => submitCode(submission, 'email-verification'),
  'mfa/enrollment': (submission) => submitFactor(submission, 'mfa/enrollment'),
  'mfa/verification': (submission) => submitFactor(submission, 'mfa/verification'),
  'mfa/recovery': (submission) => submitFactor(submission, 'mfa/recovery'),
  'mfa/kept': ({ deps, visit }) => goOn(deps, visit.login, 'mfa/kept', null),
  organization: ({ deps, visit, form }) =>
    goOn(deps, visit.login, 'organization', (form.get('choice') ?? '') as OrganizationId), // any other finds no membership
  'consent/deny': ({ deps, visit }) => disagree(deps, visit.login),
  forgot: submitForgot,
  ...deviceActions,
  ...passkeyActions,
}

async function submitInvite({ deps, visit }: Submission): Promise<Outcome> {
  const { login, context } = visit
  const { invitation } = login.request
  if (!invitation || reachable(login, 'invite') !== 'invite') return { kind: 'step', step: login.state.step }
  const next = await beginInvited(deps, login, invitation.email, context.look.locale)
  return next === 'no_methods' ? again('invite', { problem: context.say('noMethods') }) : next
}

/** Whoever came with an invitation has to sign in with its address, and learns so before there is an account. */
function otherThanInvited({ login, context: { say } }: Visit, email: string): string | undefined {
  const { invitation } = login.request
  const isOther = invitation && !login.state.invitationAccepted && invitation.email !== email
  return isOther ? say('inviteOther', { email: invitation.email }) : undefined
}

async function submitEmail({ deps, visit, form }: Submission): Promise<Outcome> {
  const { say, look } = visit.context
  const email = emailIn(form)
  if (!isEmailAddress(email)) return again('sign-in', { fieldProblem: say('emailMalformed'), typed: { email } })
  const other = otherThanInvited(visit, email)
  if (other !== undefined) return again('sign-in', { problem: other, typed: { email }, status: 422 })
  const next = await identifyByEmail(deps, visit.login, email, look.locale)
  return next === 'no_methods' ? again('sign-in', { problem: say('noMethods'), typed: { email } }) : next
}

async function submitProvider({ deps, visit: { login }, form }: Submission): Promise<Outcome> {
  const { methods } = await readSettings(deps.db.kysely, login.environment)
  const offered = await offeredProviders(deps.db, login.environment, methods)
  const chosen = offered.find(({ name }) => name === form.get('choice'))
  // Switched off since the page was shown, or never on it.
  if (!chosen) return { kind: 'step', step: 'sign-in' }
  return moveTo(deps, login, { step: 'sso', provider: chosen.name })
}

async function submitOrganizationSso({ deps, visit: { login } }: Submission): Promise<Outcome> {
  const sso = await organizationSsoOf(deps, login)
  return sso ? moveTo(deps, login, { step: 'sso', connection: sso.connection }) : { kind: 'step', step: 'sign-in' }
}

async function submitPassword({ deps, visit, form, client }: Submission): Promise<Outcome> {
  const { login, context } = visit
  const { say } = context
  const { email } = login.state
  const password = form.get('password') ?? ''
  if (email === null) return { kind: 'step', step: 'sign-in' }
  if (password === '') return again('password', { fieldProblem: say('passwordEmpty'), status: 422 })
  const tried = await guess(
    deps,
    login,
    client.ipAddress,
    () => answerPassword(deps, login, email, password, client),
    (next) => next === undefined,
  )
  if (tried.kind === 'wait') return again('password', waitFor(say, tried.seconds))
  return tried.answer ?? again('password', { fieldProblem: say('passwordWrong'), status: 422 })
}

async function submitCode(
  { deps, visit, form, client }: Submission,
  step: 'magic-code' | 'email-verification',
): Promise<Outcome> {
  const { login, context } = visit
  const { say } = context
  const code = digitsIn(form)
  if (!/^\d{6}$/.test(code)) return again(step, { fieldProblem: say('codeMalformed'), status: 422 })
  const answer = step === 'magic-code' ? answerMagicCode : answerEmailCode
  const act = () => atEvenPace(() => answer(deps, login, code, client), isWrong)
  const tried = await guess(deps, login, client.ipAddress, act, isWrong)
  if (tried.kind === 'wait') return again(step, waitFor(say, tried.seconds))
  if (tried.answer.kind !== 'refused') return tried.answer
  return again(step, { fieldProblem: say(codeProblems[tried.answer.verdict]), status: 422 })
}

const codeProblems = {
  incorrect: 'codeWrong',
  expired: 'codeExpired',
  used: 'codeExpired',
  too_many_attempts: 'codeUsedUp',
} as const satisfies Record<Refused['verdict'], string>

async function resend({ deps, visit }: Submission, step: 'magic-code' | 'email-verification'): Promise<Outcome> {
  const { login, context } = visit
  const { say, look } = context
  const { email } = login.state
  if (email === null) return { kind: 'step', step: 'sign-in' }
  const seconds = secondsToResend(login, deps.clock())
  const isFirst = step === 'magic-code' && login.state.step !== 'magic-code'
  if (seconds > 0)
    return isFirst
      ? { kind: 'step', step }
      : again(step, { problem: say('codeAgainWait', { count: seconds }), status: 429 })
  if (step === 'email-verification') await resendVerification(deps, login)
  else await sendCode(deps, login, email, look.locale)
  return isFirst ? { kind: 'step', step } : again(step, { notice: say('codeAgainSent') })
}

async function submitSignUp({ deps, visit, form, client }: Submission): Promise<Outcome> {
  const { login, context } = visit
  const { say, look } = context
  const email = emailIn(form)
  const [firstName, lastName] = [nameIn(form, 'first_name'), nameIn(form, 'last_name')]
  const password = form.get('password') ?? ''
  const typed = { email, firstName, lastName }
  const required = look.brand.settings.names_on_sign_up === 'required'
  const problems = {
    ...(!isEmailAddress(email) && { email: say('emailMalformed') }),
    ...(required && firstName === '' && { first_name: say('nameMissing') }),
    ...(required && lastName === '' && { last_name: say('nameMissing') }),
    ...(password === '' && { password: say('passwordEmpty') }),
  }
  if (Object.keys(problems).length > 0) return again('sign-up', { problems, typed, status: 422 })
  const other = otherThanInvited(visit, email)
  if (other !== undefined) return again('sign-up', { problem: other, typed, status: 422 })
  const account = { email, firstName: firstName || null, lastName: lastName || null, password, locale: look.locale }
  const done = await signUp(deps, login, account, client, await applicationUrl(deps.db, login))
  if (done.kind === 'closed') return again('sign-up', { problem: say('signUpClosed'), typed, status: 403 })
  if (done.kind !== 'weak_password') return done
  return again('sign-up', { problems: { password: await weakness(deps, visit, done.code) }, typed, status: 422 })
}

/** The rule a new password breaks, in the visitor's words. */
async function weakness(deps: Deps, { login, context: { say } }: Visit, code: string): Promise<string> {
  const { password } = await readSettings(deps.db.kysely, login.environment)
  return sayWeakness(say, code, password.minimum_length)
}

export function sayWeakness(say: Say, code: string, minimumLength: number): string {
  switch (code) {
    case 'password_too_long':
      return say('passwordLong')
    case 'password_too_common':
      return say('passwordCommon')
    case 'password_contains_name':
      return say('passwordPersonal')
    case 'password_used_before':
      return say('passwordReused')
    default:
      return say('passwordShort', { count: minimumLength })
  }
}

async function submitFactor(
  { deps, visit, form, client }: Submission,
  step: 'mfa/enrollment' | 'mfa/verification' | 'mfa/recovery',
): Promise<Outcome> {
  const { login, context } = visit
  const { say } = context
  const recovery = step === 'mfa/recovery'
  const code = recovery ? (form.get('code') ?? '').trim() : digitsIn(form)
  if (!recovery && !/^\d{6}$/.test(code)) return again(step, { fieldProblem: say('codeMalformed'), status: 422 })
  const tried = await guess(deps, login, client.ipAddress, () => answerSecondFactor(deps, login, code, client), isWrong)
  if (tried.kind === 'wait') return again(step, waitFor(say, tried.seconds))
  const { answer } = tried
  if (answer.kind === 'enrolled') return { kind: 'show', screen: recoveryCodesScreen(context, answer.recoveryCodes) }
  if (answer.kind !== 'refused') return answer
  if (answer.verdict === 'expired') return moveTo(deps, login, { step: 'sign-in' })
  const text = step === 'mfa/enrollment' ? 'mfaClock' : recovery ? 'recoveryWrong' : 'mfaWrong'
  const problem = answer.verdict === 'too_many_attempts' ? say('tooMany', { count: 60 }) : say(text)
  return again(step, { fieldProblem: problem, status: 422 })
}

async function submitForgot({ deps, visit, form }: Submission): Promise<Outcome> {
  const { login, context } = visit
  const email = emailIn(form)
  if (!isEmailAddress(email)) return again('forgot', { fieldProblem: context.say('emailMalformed'), typed: { email } })
  await spendMail(deps.db.kysely, login.environment, email, deps.clock())
  await atEvenPace(() =>
    change(deps, { environment: login.environment }, (work) => sendPasswordReset(work, deps, email)).catch(
      ignoreStrangers,
    ),
  )
  return moveTo(deps, login, { step: 'forgot/sent', email })
}

/** Pages look the same whether somebody has the address or not. */
function ignoreStrangers(error: unknown): void {
  if (!(error instanceof NotFound) && !(error instanceof Forbidden)) throw error
}

function emailIn(form: URLSearchParams): string {
  return (form.get('email') ?? '').trim().toLowerCase()
}

function nameIn(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim().slice(0, 100)
}

/** Codes are pasted with spaces and dashes, and in the digits of other scripts. */
function digitsIn(form: URLSearchParams): string {
  return (form.get('code') ?? '')
    .normalize('NFKC')
    .replaceAll(/[\s-]/g, '')
    .replaceAll(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
}
