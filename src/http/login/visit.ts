import type { FastifyReply, FastifyRequest } from 'fastify'
import { authorizeUser } from '#contracts/authkit.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { Busy } from '#domain/errors.ts'
import { devicePath } from '#domain/authentication/device.ts'
import { plainBrand, readBrand } from '#domain/branding/brand.ts'
import { type BrowserSecret, csrfToken, hashBrowserSecret, readBrowserSecret } from '#domain/login/browser.ts'
import { findLogin, type HostedLogin, type Step } from '#domain/login/state.ts'
import { chooseLocale, sayIn } from '#domain/locales/say.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { cookieNames, type LoginCookies } from './cookies.ts'
import { type Look, type Screen, sendScreen } from './frame.ts'
import type { ScreenContext } from './screens/parts.ts'
import { problemScreen } from './screens/problem.ts'

/** A request that belongs to a sign-in of this browser. */
export interface Visit {
  readonly login: HostedLogin
  readonly browser: BrowserSecret
  readonly context: ScreenContext
  /** How somebody signed in from this browser the last time. */
  readonly lastUsed: string | undefined
  send(reply: FastifyReply, screen: Screen): FastifyReply
}

export function stepPath(login: Pick<HostedLogin, 'id'>, step: Step | (string & {})): string {
  return `/authkit/login/${login.id}/${step}`
}

export async function lookFor(
  deps: Deps,
  environment: EnvironmentId,
  request: FastifyRequest,
  uiLocales: string | null,
): Promise<Look> {
  const brand = await readBrand(deps.db, environment)
  const accepted = request.headers['accept-language']
  return { brand, locale: chooseLocale(uiLocales ?? undefined, accepted, brand.settings.fallback_locale) }
}

/** The browser's sign-in by its id, or a page that says why it cannot go on. */
export async function visitLogin(
  deps: Deps,
  cookies: LoginCookies,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<Visit | undefined> {
  const browser = readBrowserSecret(cookies.read(request, cookieNames.browser))
  const login = browser === undefined ? undefined : await findLogin(deps.db, checkText(id), hashBrowserSecret(browser))
  if (browser === undefined || !login) {
    sendStranger(reply, request)
    return undefined
  }
  const look = await lookFor(deps, login.environment, request, login.request.uiLocales)
  const context: ScreenContext = {
    look,
    say: sayIn(look.locale),
    action: (step) => stepPath(login, step),
    csrf: csrfToken(browser, login.id),
  }
  const send = (to: FastifyReply, screen: Screen) =>
    sendScreen(to, look, { ...screen, formTargets: [...(screen.formTargets ?? []), ...targetsOf(login)] })
  const lastUsed = cookies.read(request, cookieNames.lastUsed)
  if (login.expiresAt > deps.clock()) return { login, browser, context, lastUsed, send }
  const { say } = context
  send(
    reply,
    problemScreen(context, {
      heading: say('expiredTitle'),
      text: say('expiredText'),
      to: { label: say('startAgain'), url: againUrl(login) },
      status: 410,
    }),
  )
  return undefined
}

/**
 * Chromium applies `form-action` to every hop after a form: to the application's address, and to wherever the
 * application sends the browser on.
 */
function targetsOf({ request: { redirectUri } }: HostedLogin): string[] {
  const { origin, protocol } = new URL(redirectUri)
  return [origin === 'null' ? protocol : origin, 'https:']
}

/**
 * The same request from its beginning, for another person than the one who is signed in. Of an organization it leads to
 * our pages: whom its identity provider did not let in may be a guest.
 */
export function againUrl({ request }: HostedLogin): string {
  const query = new URLSearchParams(request.query)
  query.set('prompt', 'login')
  if (query.has('organization_id')) {
    if (!query.get('provider')) query.set('provider', 'authkit')
    query.delete('domain_hint')
  }
  return `${request.device === null ? authorizeUser.path : devicePath}?${query}`
}

/** There is no sign-in to take the look from: the default one, in the language of the browser. */
export function sendStranger(reply: FastifyReply, request: FastifyRequest): FastifyReply {
  const locale = chooseLocale(undefined, request.headers['accept-language'], 'en')
  const say = sayIn(locale)
  const screen = problemScreen({ say }, { heading: say('strangerTitle'), text: say('strangerText'), status: 400 })
  return sendScreen(reply, { brand: plainBrand, locale }, screen)
}

/** Where there is no form to show again: says how long to wait, when a sign-in asks for too much. */
export async function orWait(
  reply: FastifyReply,
  request: FastifyRequest,
  act: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Busy)) throw error
    const locale = chooseLocale(undefined, request.headers['accept-language'], 'en')
    const say = sayIn(locale)
    const text = say('tooMany', { count: error.retryAfterSeconds })
    reply.header('retry-after', error.retryAfterSeconds)
    const screen = problemScreen({ say }, { heading: say('failedTitle'), text, status: 429 })
    return sendScreen(reply, { brand: plainBrand, locale }, screen)
  }
}
