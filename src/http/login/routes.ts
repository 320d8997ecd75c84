import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AuthorizeUserQuery, authorizeUser } from '#contracts/authkit.ts'
import { isCsrfToken, newBrowserSecret, readBrowserSecret } from '#domain/login/browser.ts'
import { Busy } from '#domain/errors.ts'
import { findPolicyName } from '#domain/login/domain-policy.ts'
import { markOffersPasskey } from '#domain/login/passkey.ts'
import { providerTitle } from '#domain/login/social.ts'
import { finishSso, refusedAtOnce, startSso, type SsoSelector } from '#domain/login/sso.ts'
import { type HostedStart, startHosted } from '#domain/login/start.ts'
import { sayIn } from '#domain/locales/say.ts'
import type { Start } from '#domain/sso/start-login.ts'
import type { Deps } from '../deps.ts'
import { isFetchedAhead } from '../fetched-ahead.ts'
import { checkQuery, checkText } from '../input.ts'
import { sendPostBinding, sendUnknownClient, sendUnregisteredRedirect } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { keepBrowserSecret } from '../sso/browser-secret.ts'
import { clientOf } from '../sso/browser.ts'
import { actions } from './actions.ts'
import { cookieNames, loginCookies, type LoginCookies, sessionCookie } from './cookies.ts'
import { follow } from './follow.ts'
import { sendScreen } from './frame.ts'
import { again, type Outcome, waitFor } from './outcome.ts'
import { recoveryCodesScreen } from './screens/mfa.ts'
import { problemScreen } from './screens/problem.ts'
import { handOffScreen } from './screens/sso.ts'
import { goneTexts, inviteGoneScreen, reachable, screenFor } from './show.ts'
import { submitConsent, unaskedRoute } from './unasked.ts'
import { lookFor, orWait, stepPath, type Visit, visitLogin } from './visit.ts'

const bodyLimitBytes = 32 * 1024
const quarterSeconds = 90 * 86_400

type LoginParams = { Params: { id: string; '*': string } }

/** The login box: begun by an application, carried on by forms, finished by a code on the application's address. */
export function loginRoutes(app: FastifyInstance, deps: Deps): void {
  const cookies = loginCookies(deps.baseUrl)

  app.get(authorizeUser.path, publicRoute, (request, reply) =>
    orWait(reply, request, () => authorize(deps, cookies, request, reply)),
  )

  app.get<LoginParams>('/authkit/login/:id/*', publicRoute, async (request, reply) => {
    const visit = await visitLogin(deps, cookies, request, reply, request.params.id)
    if (!visit) return reply
    return show(deps, visit, request, reply)
  })

  app.post<LoginParams>(
    '/authkit/login/:id/*',
    { ...publicRoute, bodyLimit: bodyLimitBytes },
    async (request, reply) => {
      const visit = await visitLogin(deps, cookies, request, reply, request.params.id)
      if (!visit) return reply
      return submit(deps, cookies, visit, request, reply)
    },
  )

  unaskedRoute(app, deps, cookies)

  app.get('/authkit/sso/callback', publicRoute, async (request, reply) => {
    const query = queryOf(request)
    const visit = await visitLogin(deps, cookies, request, reply, query.get('state') ?? '')
    if (!visit) return reply
    const { login, browser } = visit
    const back = {
      code: query.get('code') ?? undefined,
      error: query.get('error') ?? undefined,
      errorDescription: query.get('error_description') ?? undefined,
    }
    return orWait(reply, request, async () =>
      follow(cookies, login, await finishSso(deps, login, browser, back, clientOf(request)), reply),
    )
  })
}

async function authorize(deps: Deps, cookies: LoginCookies, request: FastifyRequest, reply: FastifyReply) {
  reply.header('cache-control', 'no-store')
  if (isFetchedAhead(request)) return reply.status(204).send()

  const query = queryOf(request)
  const insists = query.has('insist')
  query.delete('insist')
  // Every field of this query is optional text, which is what the check establishes.
  const checked = checkQuery(AuthorizeUserQuery, query) as AuthorizeUserQuery
  // What is kept to begin again is not to hold a secret.
  for (const name of ['invitation_token', 'invitation_token[]']) query.delete(name)
  const browser = readBrowserSecret(cookies.read(request, cookieNames.browser)) ?? newBrowserSecret()
  const impersonation = cookies.read(request, cookieNames.impersonation)
  const start = await startHosted(deps, checked, {
    browser,
    lastUsed: cookies.read(request, cookieNames.lastUsed),
    hostedSession: (environment) => readBrowserSecret(cookies.read(request, sessionCookie(environment))),
    impersonation: impersonation === undefined ? undefined : { token: impersonation, client: clientOf(request) },
    query: query.toString(),
    insists,
  })
  if (start.kind === 'impersonation') cookies.write(reply, cookieNames.impersonation, '', 0)
  cookies.write(reply, cookieNames.browser, browser)
  return answerStart(deps, cookies, start, checked, browser, request, reply)
}

async function answerStart(
  deps: Deps,
  cookies: LoginCookies,
  start: HostedStart,
  query: AuthorizeUserQuery,
  browser: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  switch (start.kind) {
    case 'unknown_client':
      return sendUnknownClient(reply, start.clientId)
    case 'unregistered_redirect':
      return sendUnregisteredRedirect(reply, start)
    case 'redirect':
    case 'impersonation':
      return reply.redirect(start.location, 302)
    case 'loop': {
      const look = await lookFor(deps, start.environment, request, query.ui_locales ?? null)
      const say = sayIn(look.locale)
      const again = { label: say('tryOnce'), url: `${request.url}&insist=1` }
      const screen = problemScreen(
        { say },
        { heading: say('loopTitle'), text: say('loopText'), to: again, status: 400 },
      )
      return sendScreen(reply, look, screen)
    }
    case 'invitation_gone': {
      const look = await lookFor(deps, start.environment, request, query.ui_locales ?? null)
      const ordinary = queryOf(request)
      ordinary.delete('invitation_token')
      const url = `${authorizeUser.path}?${ordinary}`
      const screen = inviteGoneScreen({ say: sayIn(look.locale) }, goneTexts[start.reason], url)
      return sendScreen(reply, look, { ...screen, status: 400 })
    }
    case 'sso': {
      const hints = { prompt: query.prompt, domainHint: query.domain_hint }
      const sso = await startSso(deps, start.login, browser, start.selector, hints, clientOf(request))
      const refused = refusedAtOnce(sso, start.login, deps.baseUrl)
      return refused === undefined ? sendToProvider(deps, reply, sso) : reply.redirect(refused, 302)
    }
    case 'next':
      return follow(cookies, start.login, start.next, reply, 302)
    default:
      return start satisfies never
  }
}

/** Straight there: no form was posted that a policy would apply to. */
function sendToProvider(deps: Deps, reply: FastifyReply, start: Start): FastifyReply {
  switch (start.kind) {
    case 'redirect':
      if (start.cookie) keepBrowserSecret(reply, deps.baseUrl, start.cookie)
      return reply.redirect(start.location, 302)
    case 'post':
      return sendPostBinding(reply, start.destination, start.fields)
    case 'unknown_client':
    case 'unregistered_redirect':
      throw new Error('A sign-in of ours is for a client that exists and ends at an address of ours.')
    default:
      return start satisfies never
  }
}

async function show(deps: Deps, visit: Visit, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { login } = visit
  const asked = checkText((request.params as LoginParams['Params'])['*']) // of the route this serves
  const step = reachable(login, asked)
  if (step !== asked) return reply.redirect(stepPath(login, step), 303)
  if (step === 'sso') return showHandOff(deps, visit, request, reply)
  // The codes were shown; without them there is nothing to show but the way on.
  if (step === 'mfa/kept') return visit.send(reply, recoveryCodesScreen(visit.context, []))
  return visit.send(reply, await screenFor(deps, visit, step))
}

/**
 * A page and not a redirect: it follows a form, and Chromium would apply that page's form policy to the identity
 * provider's address.
 */
async function showHandOff(deps: Deps, visit: Visit, request: FastifyRequest, reply: FastifyReply) {
  const { login, browser, context } = visit
  const { connection, provider } = login.state
  if (connection === null && provider === null) return reply.redirect(stepPath(login, 'sign-in'), 303)
  const selector: SsoSelector = provider === null ? { connection: connection ?? '' } : { provider, scopes: [] }
  const hints = { prompt: undefined, domainHint: undefined }
  const start = await startSso(deps, login, browser, selector, hints, clientOf(request))
  if (start.kind !== 'redirect' && start.kind !== 'post') return sendToProvider(deps, reply, start)
  if (start.kind === 'redirect' && start.cookie) keepBrowserSecret(reply, deps.baseUrl, start.cookie)
  const to =
    provider === null
      ? { organization: await findPolicyName(deps.db, login.environment, connection ?? '') }
      : { provider: await providerTitle(deps.db, login.environment, provider) }
  return visit.send(reply, handOffScreen(context, { ...to, handOff: start }))
}

async function submit(
  deps: Deps,
  cookies: LoginCookies,
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { login, browser } = visit
  if (login.finishedAt !== null) return reply.redirect(stepPath(login, 'finished'), 303)
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  checkText(Object.fromEntries(form))
  const name = (request.params as LoginParams['Params'])['*'] // of the route this serves
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action && name !== 'consent') return reply.redirect(stepPath(login, login.state.step), 303)
  if (!isCsrfToken(browser, login.id, form.get('csrf'))) {
    const step = reachable(login, 'sign-in')
    const page = step === 'sso' || step === 'mfa/kept' ? 'sign-in' : step
    return visit.send(reply, {
      ...(await screenFor(deps, visit, page, { problem: visit.context.say('stalePage') })),
      status: 403,
    })
  }
  const declined = cookies.read(request, cookieNames.noPasskey) !== undefined
  if (form.get('passkeys') === '1' && !declined && !login.state.offersPasskey) await markOffersPasskey(deps, login)
  if (name === 'passkey/skip') cookies.write(reply, cookieNames.noPasskey, '1', quarterSeconds)
  const client = { ...clientOf(request), ipAddress: request.ip }
  const answered = action ? action({ deps, visit, form, client }) : submitConsent(deps, cookies, visit, client, reply)
  const outcome = await answered.catch((error: unknown) => askToWait(visit, name, error))
  return answerOutcome(deps, cookies, visit, outcome, reply)
}

/** The page that was on the screen, with how long to wait. */
function askToWait({ login, context }: Visit, name: string, error: unknown): Outcome {
  if (!(error instanceof Busy)) throw error
  const step = reachable(login, name)
  const page = step === 'sso' || step === 'mfa/kept' ? 'sign-in' : step
  return again(page, waitFor(context.say, error.retryAfterSeconds))
}

async function answerOutcome(
  deps: Deps,
  cookies: LoginCookies,
  visit: Visit,
  outcome: Outcome,
  reply: FastifyReply,
): Promise<FastifyReply> {
  switch (outcome.kind) {
    case 'again': {
      const screen = await screenFor(deps, visit, outcome.step, outcome.mishap)
      const { status } = outcome.mishap
      return visit.send(reply, status === undefined ? screen : { ...screen, status })
    }
    case 'show':
      return visit.send(reply, outcome.screen)
    case 'step':
    case 'leave':
      return follow(cookies, visit.login, outcome, reply)
    default:
      return outcome satisfies never
  }
}
