import type { AuthenticationMethods } from '#contracts/authentication-settings.ts'
import { presentEnrolled } from '#domain/authentication/factors.ts'
import { readCircumstances } from '#domain/authentication/circumstances.ts'
import { showUserCode } from '#domain/authentication/device.ts'
import { codeLifetimeMs } from '#domain/authentication/one-time-code.ts'
import { readSettings } from '#domain/authentication/settings.ts'
import { readInvitationCard } from '#domain/login/begin-invited.ts'
import type { InvitationGone } from '#domain/login/invitation.ts'
import { findOrganizationSso, type OrganizationSso } from '#domain/login/organization-sso.ts'
import { enrolmentOptions, signInOptions } from '#domain/login/passkey.ts'
import { readPendingFactor } from '#domain/login/pending-factor.ts'
import { offeredProviders } from '#domain/login/social.ts'
import type { HostedLogin, Step } from '#domain/login/state.ts'
import type { MessageKey } from '#domain/locales/catalogue.ts'
import type { Deps } from '../deps.ts'
import type { Screen } from './frame.ts'
import { codeScreen } from './screens/code.ts'
import { deviceConfirmScreen, deviceDoneScreen, deviceScreen } from './screens/device.ts'
import { challengeScreen, enrolScreen } from './screens/mfa.ts'
import { inviteScreen, organizationScreen } from './screens/organization.ts'
import type { ScreenContext } from './screens/parts.ts'
import { passkeyEnrolScreen } from './screens/passkey.ts'
import { passwordScreen } from './screens/password.ts'
import { problemScreen } from './screens/problem.ts'
import { forgotScreen, forgotSentScreen } from './screens/reset.ts'
import { type ProviderButton, signInScreen } from './screens/sign-in.ts'
import { consentScreen } from './screens/sso.ts'
import { signUpScreen } from './screens/sign-up.ts'
import { againUrl, type Visit } from './visit.ts'

/** What a refused form leaves behind: the sentence for the page or its field, and what was typed. */
export interface Mishap {
  readonly problem?: string
  readonly fieldProblem?: string
  readonly problems?: Parameters<typeof signUpScreen>[1]['problems']
  readonly typed?: {
    readonly email?: string
    readonly firstName?: string
    readonly lastName?: string
    readonly code?: string
  }
  readonly notice?: string
  readonly status?: number
}

export const resetMinutes = 15
const codeMinutes = codeLifetimeMs / 60_000

/** Pages that can be gone back to as long as nothing was shown. */
const open: ReadonlySet<Step> = new Set(['sign-in', 'sign-up', 'forgot'])

export const goneTexts = {
  expired: 'inviteExpired',
  revoked: 'inviteRevoked',
  accepted: 'inviteAccepted',
  unknown: 'inviteUnknown',
} as const satisfies Record<InvitationGone, MessageKey>

/** The step whose page may be shown when one is asked for: that one if it makes sense now, else where things stand. */
export function reachable({ state, finishedAt, request }: HostedLogin, asked: string): Step {
  if (finishedAt !== null) return 'finished'
  const step = asked as Step // compared with those that are known
  if (step === state.step || open.has(step)) return step
  if (step === 'invite' && request.invitation && !state.invitationAccepted) return step
  if (state.proven === null && step === 'password' && state.email !== null) return step
  if (state.proven === null && step === 'magic-code' && state.code !== null && state.step !== 'email-verification')
    return step
  if (step === 'device' && state.step === 'device/confirm') return step
  const ofFactor: readonly Step[] = ['mfa/verification', 'mfa/recovery']
  return ofFactor.includes(step) && ofFactor.includes(state.step) ? step : state.step
}

/** Nothing is wrong with the request: the person may not come in. */
const refusals: ReadonlySet<MessageKey> = new Set(['notMember', 'signUpClosed', 'inviteOther', 'inviteGoneTitle'])

type Shower = (deps: Deps, visit: Visit, mishap: Mishap) => Promise<Screen> | Screen

const showers: { readonly [S in Exclude<Step, 'sso' | 'mfa/kept'>]: Shower } = {
  invite: showInvite,
  'sign-in': showSignIn,
  async password(deps, { login, context }, { problem, fieldProblem, status }) {
    const { methods } = await readSettings(deps.db.kysely, login.environment)
    const email = login.state.email ?? ''
    return passwordScreen(context, { email, problem, fieldProblem, magicAuth: methods.magic_auth, ...statusOf(status) })
  },
  'sign-up': showSignUp,
  'magic-code': (deps, visit, mishap) => showCode(deps, visit, mishap, 'magic-code'),
  'email-verification': (deps, visit, mishap) => showCode(deps, visit, mishap, 'email-verification'),
  async 'mfa/enrollment'(deps, { login, context }, { problem, fieldProblem }) {
    const { row, secret } = await readPendingFactor(deps, login)
    const { totp } = await presentEnrolled(row, secret)
    return enrolScreen(context, { picture: totp.qr_code, key: totp.secret, problem, fieldProblem })
  },
  'mfa/verification': (_deps, { context }, { problem, fieldProblem, status }) =>
    challengeScreen(context, { recovery: false, problem, fieldProblem, ...statusOf(status) }),
  'mfa/recovery': (_deps, { context }, { problem, fieldProblem, status }) =>
    challengeScreen(context, { recovery: true, problem, fieldProblem, ...statusOf(status) }),
  async organization(deps, { login, context }) {
    const { proven, email } = login.state
    const organizations = proven
      ? (await readCircumstances(deps.db.kysely, login.environment, proven.user)).memberships
      : []
    return organizationScreen(context, { email: email ?? '', organizations })
  },
  'passkey/enrollment': showPasskeyOffer,
  device: (_deps, { login, context }, { problem, fieldProblem, typed, status }) => {
    const { device } = login.request
    const code = typed?.code ?? (device?.userCode ? showUserCode(device.userCode) : undefined)
    return deviceScreen(context, { email: login.state.email ?? '', code, problem, fieldProblem, ...statusOf(status) })
  },
  'device/confirm': (_deps, { login, context }) =>
    deviceConfirmScreen(context, {
      email: login.state.email ?? '',
      code: showUserCode(login.state.device?.userCode ?? ''),
    }),
  forgot: (_deps, { login, context }, { problem, fieldProblem, typed }) =>
    forgotScreen(context, { email: typed?.email ?? login.state.email ?? undefined, problem, fieldProblem }),
  'forgot/sent': (_deps, { login, context }) =>
    forgotSentScreen(context, { email: login.state.email ?? '', minutes: resetMinutes }),
  consent: (_deps, { login: { state }, context }) =>
    consentScreen(context, { email: state.unasked?.profile.email ?? '', host: state.unasked?.host ?? '' }),
  failed: (_deps, { login, context }) => {
    const { say } = context
    const { problem } = login.state
    const email = login.request.invitation?.email ?? ''
    return problemScreen(context, {
      heading: say('failedTitle'),
      text:
        problem === null
          ? say('brokenText')
          : problem.text === 'inviteOther'
            ? say('inviteOther', { email })
            : say(problem.text as 'ssoRefused'), // the other texts of problems have no words to fill in
      reference: problem?.reference ?? undefined,
      to: { label: say('startAgain'), url: againUrl(login) },
      status: problem !== null && refusals.has(problem.text) ? 403 : 400,
    })
  },
  finished: (_deps, { login, context: { say }, context }) => {
    const answer = login.state.device?.answer
    if (answer) return deviceDoneScreen(context, answer)
    return problemScreen(context, {
      page: 'default-redirect',
      heading: say('alreadyTitle'),
      text: say('alreadyText'),
      to: { label: say('toApplication'), url: `/user_management/authorize?${login.request.query}` },
      status: 200,
    })
  },
}

export async function screenFor(
  deps: Deps,
  visit: Visit,
  step: Exclude<Step, 'sso' | 'mfa/kept'>,
  mishap: Mishap = {},
): Promise<Screen> {
  return showers[step](deps, visit, mishap)
}

async function showInvite(deps: Deps, { login, context }: Visit, { problem }: Mishap): Promise<Screen> {
  const { invitation } = login.request
  const card = invitation
    ? await readInvitationCard(deps.db, login.environment, invitation.id, deps.clock())
    : ('unknown' as const)
  return typeof card === 'string'
    ? inviteGoneScreen(context, goneTexts[card], againUrl(login))
    : inviteScreen(context, { ...card, problem })
}

/** @param url where an ordinary sign-in begins, as far as it is known whose the invitation was. */
export function inviteGoneScreen(
  { say }: Pick<ScreenContext, 'say'>,
  text: (typeof goneTexts)[keyof typeof goneTexts],
  url: string | undefined,
): Screen {
  return problemScreen(
    { say },
    {
      page: 'invite',
      heading: say('inviteGoneTitle'),
      text: say(text),
      ...(url !== undefined && { to: { label: say('signIn'), url } }),
      status: 410,
    },
  )
}

async function showSignIn(deps: Deps, visit: Visit, { problem, fieldProblem, typed }: Mishap) {
  const { login, context, lastUsed } = visit
  const { methods, sign_up: signUp } = await readSettings(deps.db.kysely, login.environment)
  const stored = login.state.problem
  const sso = await organizationSsoOf(deps, login)
  return signInScreen(context, {
    email: typed?.email ?? login.state.email ?? undefined,
    emailProblem: fieldProblem,
    problem:
      problem ??
      (stored?.text === 'methodOff' || stored?.text === 'passkeyFailed' ? context.say(stored.text) : undefined),
    providers: await providerButtonsOf(deps, visit, methods),
    passkey: passkeyOf(deps, visit, methods),
    organization: sso && { name: sso.name, lastUsed: lastUsed === sso.connection },
    byEmail: true,
    signUp: signUp !== 'closed' && methods.password,
  })
}

/** Of the organization that the application asked for; invitations go where their address has to. */
export async function organizationSsoOf(
  { db }: Deps,
  { environment, request: { organization, invitation } }: HostedLogin,
): Promise<OrganizationSso | undefined> {
  return organization === null || invitation ? undefined : findOrganizationSso(db, environment, organization)
}

async function showSignUp(deps: Deps, visit: Visit, { problem, problems, typed, status }: Mishap) {
  const { login, context } = visit
  const { methods, password } = await readSettings(deps.db.kysely, login.environment)
  return signUpScreen(context, {
    email: typed?.email ?? login.state.email ?? undefined,
    firstName: typed?.firstName,
    lastName: typed?.lastName,
    problems: problems ?? {},
    problem,
    password: methods.password
      ? { minimumLength: password.minimum_length, refuseCommon: password.refuse_common }
      : undefined,
    providers: await providerButtonsOf(deps, visit, methods),
    ...statusOf(status),
  })
}

function passkeyOf({ baseUrl }: Deps, { login, browser, lastUsed }: Visit, methods: AuthenticationMethods) {
  const options = methods.passkey ? signInOptions(baseUrl, browser, login) : undefined
  return options && { options, lastUsed: lastUsed === 'Passkey' }
}

async function showPasskeyOffer(deps: Deps, { login, browser, context }: Visit): Promise<Screen> {
  const { say, look } = context
  const { problem, email } = login.state
  const name = look.brand.settings.application_name ?? new URL(deps.baseUrl).hostname
  return passkeyEnrolScreen(context, {
    email: email ?? '',
    options: (await enrolmentOptions(deps, browser, login, name)) ?? {},
    problem: problem === null ? undefined : say('passkeyFailed'),
  })
}

async function providerButtonsOf(
  deps: Deps,
  { login, lastUsed }: Visit,
  methods: AuthenticationMethods,
): Promise<readonly ProviderButton[]> {
  const offered = await offeredProviders(deps.db, login.environment, methods)
  return offered.map(({ name, title }) => ({ method: name, name: title, lastUsed: name === lastUsed }))
}

async function showCode(
  deps: Deps,
  { login, context }: Visit,
  { problem, fieldProblem, notice, status }: Mishap,
  purpose: 'magic-code' | 'email-verification',
): Promise<Screen> {
  const { methods } = await readSettings(deps.db.kysely, login.environment)
  return codeScreen(context, {
    purpose,
    email: login.state.email ?? '',
    minutes: codeMinutes,
    problem,
    fieldProblem,
    notice,
    password: purpose === 'magic-code' && methods.password,
    ...statusOf(status),
  })
}

function statusOf(status: number | undefined): { status?: number } {
  return status === undefined ? {} : { status }
}
