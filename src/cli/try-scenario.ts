import type { AuthenticationSettings } from '#contracts/authentication-settings.ts'
import { type TestSsoFlow, testSsoGuides, type TestSsoRun, type TestSsoScenario } from '#contracts/test-sso.ts'
import { exitCodes, Failure } from './failure.ts'
import type { Source } from './follow-log.ts'
import { type Arrival, followToCallback, type SignInEndpoint } from './headless-browser.ts'

export interface Trial {
  readonly scenario: TestSsoScenario
  readonly flow: TestSsoFlow
  readonly passed: boolean
  /** What the application's side saw that should not be; the server's own verdict is in `run`. */
  readonly problems: readonly string[]
  readonly run: TestSsoRun
}

/** Plays browser and application for one scenario, and holds what both sides saw against what they should have. */
export async function tryScenario(
  source: Source,
  clientId: string,
  scenario: TestSsoScenario,
  flow: TestSsoFlow,
): Promise<Trial> {
  const begun = await askApi<TestSsoRun>(source, 'POST', '/test_sso_runs', { scenario, flow })
  const application = await signInEndpoint(source, clientId, begun)
  const arrival = await followToCallback(begun.url, begun.redirect_uri, testSsoGuides[scenario].choice, application)
  const problems = problemsOf(begun, arrival)
  const code = arrival.kind === 'callback' ? arrival.url.searchParams.get('code') : null
  if (code !== null) problems.push(...(await exchange(source, clientId, flow, code)))
  const run = await askApi<TestSsoRun>(source, 'GET', `/test_sso_runs/${begun.id}`)
  return { scenario, flow, passed: run.state === 'passed' && problems.length === 0, problems, run }
}

/** Where the application starts sign-ins, and what it would do there; undefined where it has no such page. */
async function signInEndpoint(source: Source, clientId: string, run: TestSsoRun): Promise<SignInEndpoint | undefined> {
  const { sign_in_endpoint: at } = await askApi<AuthenticationSettings>(source, 'GET', '/authentication_settings')
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: run.redirect_uri,
    response_type: 'code',
    provider: 'authkit',
    state: run.id,
  })
  return at === null ? undefined : { at, leadsTo: `${source.url}/user_management/authorize?${query}` }
}

function problemsOf(run: TestSsoRun, arrival: Arrival): string[] {
  const wantsCode = run.steps.some(({ step }) => step === 'code_exchanged')
  if (arrival.kind === 'page')
    return wantsCode || run.expected_error !== null
      ? [`The callback was not reached: ${arrival.url.origin}${arrival.url.pathname} answered ${arrival.status}.`]
      : []
  const given = arrival.url.searchParams
  const problems = []
  if (!wantsCode && run.expected_error === null) problems.push('The callback was called, and should not have been.')
  if (given.get('error') !== run.expected_error)
    problems.push(`The callback received error=${given.get('error') ?? ''}, not ${run.expected_error ?? 'none'}.`)
  if (wantsCode && !given.has('code')) problems.push('The callback received no code.')
  const wantedState = run.scenario === 'idp_initiated' && run.flow === 'standalone' ? null : run.id
  if (given.get('state') !== wantedState)
    problems.push(`The callback received state=${given.get('state') ?? ''}, not ${wantedState ?? 'none'}.`)
  return problems
}

/** As the application does with its API key. */
async function exchange({ url, key }: Source, clientId: string, flow: TestSsoFlow, code: string): Promise<string[]> {
  const fields = { client_id: clientId, client_secret: key, grant_type: 'authorization_code', code }
  const response =
    flow === 'authkit'
      ? await fetch(`${url}/user_management/authenticate`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(fields),
        })
      : await fetch(`${url}/sso/token`, { method: 'POST', body: new URLSearchParams(fields) })
  const body = (await readAnswer(response, url)) as Record<string, unknown> // looked at field by field
  if (!response.ok)
    return [`The code could not be exchanged: ${response.status} ${String(body['error'] ?? body['code'])}.`]
  const wanted = flow === 'authkit' ? 'user' : 'profile'
  return typeof body['access_token'] === 'string' && typeof body[wanted] === 'object' && body[wanted] !== null
    ? []
    : [`The exchange answered no ${wanted}.`]
}

/** @throws Failure with the server's own words. */
export async function askApi<T>({ url, key }: Source, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Failure(exitCodes.environment, `Nothing answers at ${url}.`, [], { cause: error })
  })
  const answer = (await readAnswer(response, url)) as T & { message?: string } // the API's own answer
  if (!response.ok) throw new Failure(exitCodes.userError, answer.message ?? `The server answered ${response.status}.`)
  return answer
}

/** A proxy in between answers with pages of its own, and other servers listen on ports too. */
async function readAnswer(response: Response, url: string): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const kind = response.headers.get('content-type')?.split(';', 1)[0] ?? 'something without a type'
    const found = `${url} answered ${response.status} with ${kind}, which is no answer of Gatehouse’s API.`
    const advice = 'Is a proxy in between, or is it another server’s address? Look at it with curl.'
    throw new Failure(exitCodes.environment, found, [advice], { cause: error })
  }
}
