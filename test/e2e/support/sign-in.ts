import type { Gatehouse } from './gatehouse.ts'

/** What a browser would do between the application's link and its callback, without one. */
export interface Carried {
  readonly acsUrl: string
  readonly samlResponse: string
  readonly relayState: string | undefined
}

/** Query of the test identity provider: who signs in, or what goes wrong. */
export type IdpChoice = Readonly<Partial<Record<'user' | 'scenario' | 'last_name', string>>>

/** Follows an authorization link to the callback address it ends at. */
export async function signIn(authorizationUrl: string, choice: IdpChoice): Promise<URL> {
  const answer = await askIdp(await locationOf(await fetch(authorizationUrl, { redirect: 'manual' })), choice)
  return postAnswer(answer)
}

/** Asks the identity provider, as a program, for the response it would make the browser post. */
async function askIdp(ssoUrl: URL, choice: IdpChoice): Promise<Carried> {
  for (const [name, value] of Object.entries(choice)) ssoUrl.searchParams.set(name, value)
  const response = await fetch(ssoUrl, { headers: { accept: 'application/json' } })
  const body: unknown = await response.json()
  if (!isAnswer(body))
    throw new Error(`The test identity provider answered ${response.status}: ${JSON.stringify(body)}`)
  return { acsUrl: body.acs_url, samlResponse: body.SAMLResponse, relayState: body.RelayState }
}

/** Posts it to where the browser would. */
export async function postAnswer({ acsUrl, samlResponse, relayState }: Carried): Promise<URL> {
  const body = new URLSearchParams({ SAMLResponse: samlResponse })
  if (relayState !== undefined) body.set('RelayState', relayState)
  return locationOf(await fetch(acsUrl, { method: 'POST', body, redirect: 'manual' }))
}

async function locationOf(response: Response): Promise<URL> {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`No redirect but ${response.status}: ${await response.text()}`)
  return new URL(location)
}

function isAnswer(value: unknown): value is { acs_url: string; SAMLResponse: string; RelayState?: string } {
  return typeof value === 'object' && value !== null && 'acs_url' in value && 'SAMLResponse' in value
}

/** A click on the app's tile at the identity provider: a response that nobody asked for. */
export async function launchAtIdp({ url, apiKey, testIdpUrl }: Gatehouse, user: string): Promise<Carried> {
  const authorization = `Bearer ${apiKey}`
  const connection = await fetch(`${url}/connections/conn_test_idp`, { headers: { authorization } })
  const facts = (await connection.json()) as { sp_entity_id: string; acs_url: string } // as its contract says
  const launch = new URL(`${testIdpUrl}/launch`)
  launch.searchParams.set('sp', facts.sp_entity_id)
  launch.searchParams.set('acs_url', facts.acs_url)
  return askIdp(launch, { user })
}
