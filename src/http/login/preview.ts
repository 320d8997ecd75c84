import type { FastifyInstance } from 'fastify'
import { readPreview } from '#domain/branding/preview.ts'
import { chooseLocale, sayIn } from '#domain/locales/say.ts'
import type { Deps } from '../deps.ts'
import { sendPage } from '../pages/layout.ts'
import { html } from 'hono/html'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { type Look, type Screen, sendScreen } from './frame.ts'
import { codeScreen } from './screens/code.ts'
import { deviceConfirmScreen, deviceDoneScreen, deviceScreen } from './screens/device.ts'
import { challengeScreen, enrolScreen, recoveryCodesScreen } from './screens/mfa.ts'
import { inviteScreen, organizationScreen } from './screens/organization.ts'
import type { ScreenContext } from './screens/parts.ts'
import { passkeyEnrolScreen } from './screens/passkey.ts'
import { passwordScreen } from './screens/password.ts'
import { problemScreen } from './screens/problem.ts'
import { forgotScreen, forgotSentScreen, resetDoneScreen, resetGoneScreen, resetScreen } from './screens/reset.ts'
import { signInScreen } from './screens/sign-in.ts'
import { signUpScreen } from './screens/sign-up.ts'
import { consentScreen, handOffScreen } from './screens/sso.ts'

const email = 'lela.block@example.com'
const rules = { minimumLength: 12, refuseCommon: true }
const providers = [
  { method: 'GoogleOAuth', name: 'Google', lastUsed: true },
  { method: 'MicrosoftOAuth', name: 'Microsoft', lastUsed: false },
]
const square =
  'data:image/svg+xml;base64,' +
  Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5" shape-rendering="crispEdges"><path d="M0 0h2v2H0zM3 0h2v2H3zM0 3h2v2H0zM2 2h1v1H2zM4 3h1v1H4zM3 4h1v1H3z"/></svg>',
  ).toString('base64')

/** Every screen, with somebody on it. The pages are the real ones. */
const samples = {
  'sign-in': (context) =>
    signInScreen(context, { providers, passkey: { options: {}, lastUsed: false }, byEmail: true, signUp: true }),
  'sign-in-organization': (context) =>
    signInScreen(context, {
      organization: { name: 'Acme', lastUsed: true },
      providers: [],
      byEmail: true,
      signUp: false,
    }),
  'sign-in-problem': (context) =>
    signInScreen(context, {
      email: 'lela',
      emailProblem: context.say('emailMalformed'),
      providers: [],
      byEmail: true,
      signUp: true,
    }),
  password: (context) => passwordScreen(context, { email, magicAuth: true }),
  'password-problem': (context) =>
    passwordScreen(context, { email, magicAuth: true, fieldProblem: context.say('passwordWrong'), status: 422 }),
  'magic-code': (context) => codeScreen(context, { purpose: 'magic-code', email, minutes: 10, password: true }),
  'magic-code-problem': (context) =>
    codeScreen(context, {
      purpose: 'magic-code',
      email,
      minutes: 10,
      password: false,
      fieldProblem: context.say('codeExpired'),
    }),
  'email-verification': (context) =>
    codeScreen(context, {
      purpose: 'email-verification',
      email,
      minutes: 10,
      password: false,
      notice: context.say('codeAgainSent'),
    }),
  'sign-up': (context) => signUpScreen(context, { email, problems: {}, password: rules, providers }),
  'sign-up-problem': (context) =>
    signUpScreen(context, {
      email,
      problems: { password: context.say('passwordShort', { count: 12 }), first_name: context.say('nameMissing') },
      password: rules,
      providers: [],
    }),
  forgot: (context) => forgotScreen(context, { email }),
  'forgot-sent': (context) => forgotSentScreen(context, { email, minutes: 15 }),
  'reset-password': (context) => resetScreen(context, { email, rules, token: '' }),
  'reset-done': (context) => resetDoneScreen(context, '#'),
  'reset-gone': (context) => resetGoneScreen(context, '#'),
  'mfa-enrollment': (context) => enrolScreen(context, { picture: square, key: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }),
  'mfa-recovery-codes': (context) =>
    recoveryCodesScreen(context, ['4f7k-92qd', 'x3mp-7w2c', 'hh2d-81rt', 'p0ab-55zn', 'kk9e-3vd2', 'ws6y-1jg8']),
  'mfa-verification': (context) => challengeScreen(context, { recovery: false }),
  'mfa-recovery': (context) =>
    challengeScreen(context, { recovery: true, fieldProblem: context.say('recoveryWrong'), status: 422 }),
  'organization-selection': (context) =>
    organizationScreen(context, {
      email,
      organizations: ['Acme', 'Example GmbH', '株式会社サンプル'].map((name, i) => ({ id: `org_${i}`, name })),
    }),
  invite: (context) => inviteScreen(context, { organization: 'Acme', inviter: 'Todd Rundgren', email }),
  'passkey-enrollment': (context) => passkeyEnrolScreen(context, { email, options: {} }),
  device: (context) => deviceScreen(context, { email, code: 'WDJB-MJHT' }),
  'device-confirm': (context) => deviceConfirmScreen(context, { email, code: 'WDJB-MJHT' }),
  'device-done': (context) => deviceDoneScreen(context, 'approved'),
  'device-denied': (context) => deviceDoneScreen(context, 'denied'),
  sso: (context) =>
    handOffScreen(context, { organization: 'Acme', handOff: { kind: 'redirect', location: 'https://idp.example' } }),
  consent: (context) => consentScreen(context, { email, host: 'idp.example.com' }),
  failed: (context) =>
    problemScreen(context, {
      heading: context.say('failedTitle'),
      text: context.say('ssoRefused'),
      reference: 'sso_session_01JZ0000000000000000000000',
      to: { label: context.say('startAgain'), url: '#' },
      status: 400,
    }),
  'signed-out': (context) =>
    problemScreen(context, {
      page: 'signed-out',
      heading: context.say('signedOutTitle'),
      text: context.say('signedOutText'),
      status: 200,
    }),
} satisfies Record<string, (context: ScreenContext) => Screen>

export const previewScreens = Object.keys(samples)

/** GET /authkit/preview: any screen in a look that is not saved. Its forms lead nowhere. */
export function previewRoute(app: FastifyInstance, deps: Deps): void {
  app.get('/authkit/preview', publicRoute, async (request, reply) => {
    const query = queryOf(request)
    const brand = await readPreview(deps.db, query.get('draft') ?? '', deps.clock())
    if (!brand)
      return sendPage(reply, 404, {
        title: 'This preview has expired',
        body: html`<p>Previews last an hour. Ask for another with POST /branding/previews.</p>`,
      })
    const theme = query.get('theme')
    const look: Look = {
      brand,
      locale: chooseLocale(
        query.get('locale') ?? undefined,
        request.headers['accept-language'],
        brand.settings.fallback_locale,
      ),
      theme: theme === 'light' || theme === 'dark' ? theme : undefined,
      framed: true,
    }
    const name = query.get('screen') ?? 'sign-in'
    const sample = (Object.hasOwn(samples, name) && samples[name as keyof typeof samples]) || samples['sign-in']
    const context: ScreenContext = { look, say: sayIn(look.locale), action: () => '#', csrf: '' }
    return sendScreen(reply, look, { ...sample(context), status: 200 })
  })
}
