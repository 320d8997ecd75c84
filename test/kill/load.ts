import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Event } from '#contracts/events.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { TokenResponse } from '#contracts/sso.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer, createIdp, readRedirect, type SamlIdp } from '../support/saml-idp.ts'
import { ask, expectStatus, insist } from './client.ts'
import type { Program } from './program.ts'

const callback = 'http://localhost:3000/kill'
const creators = 3
const browsers = 4
const people = 40

export interface SignedIn {
  readonly idpId: string
  readonly code: string
  /** Undefined while the code is kept for later. */
  readonly token?: { readonly accessToken: string; readonly profileId: string }
}

/** Customers at work while processes die under them. Keeps what it was told: that is what must be there afterwards. */
export class Load {
  /** Name → id of every organization whose creation was acknowledged. */
  readonly organizations = new Map<string, string>()
  readonly signIns: SignedIn[] = []
  /** What a consumer read that polls from the first event on and goes on from where it was. */
  readonly polled: Event[] = []
  readonly #program: Program
  readonly #idp: SamlIdp
  readonly #connection: string
  readonly #stopping = new AbortController()
  #loops: Promise<void>[] = []
  #failure: unknown
  #made = 0

  static async start(program: Program): Promise<Load> {
    const idp = await createIdp()
    const post = async <T>(path: string, body: object): Promise<T> => {
      const answer = await ask(program.url + path, json(program.apiKey, body))
      if (!answer) throw new Error('nobody answers')
      return JSON.parse(expectStatus(answer, 201).text) as T // the caller names the endpoint's type
    }
    await post('/user_management/redirect_uris', { uri: callback })
    const organization = await post<Organization>('/organizations', {
      name: 'Everybody',
      domain_data: [{ domain: 'customer.example', state: 'verified' }],
    })
    const connection = await post<ConfiguredConnection>('/connections', {
      organization_id: organization.id,
      connection_type: 'OktaSAML',
      idp_metadata_xml: idp.metadata,
    })
    const load = new Load(program, idp, connection.id)
    load.#loops = [
      ...Array.from({ length: creators }, () => load.#loop(() => load.#createOrganization())),
      ...Array.from({ length: browsers }, () => load.#loop(() => load.#signIn())),
      load.#loop(async () => {
        if (!(await load.poll())) await sleep(10)
      }),
    ]
    return load
  }

  private constructor(program: Program, idp: SamlIdp, connection: string) {
    this.#program = program
    this.#idp = idp
    this.#connection = connection
  }

  /** Resolves when so many more organizations were created and so many people signed in. */
  async more(count: number): Promise<void> {
    const [organizations, signIns] = [this.organizations.size + count, this.signIns.length + count]
    while (this.organizations.size < organizations || this.signIns.length < signIns) {
      if (this.#failure !== undefined) throw this.#failure
      await sleep(5)
    }
  }

  /** Lets everybody finish what they began. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#loops)
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Reads the next page; false when there was nothing new, or nobody to tell. */
  async poll(): Promise<boolean> {
    const page = await readLog(this.#program, this.polled.at(-1)?.id)
    this.polled.push(...(page ?? []))
    return page !== undefined && page.length > 0
  }

  async #loop(step: () => Promise<void>): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted) await step()
    } catch (error) {
      this.#failure ??= error
      this.#stopping.abort()
    }
  }

  /** Repeats the request with its key until it is answered, as SDKs do: it must still be one organization. */
  async #createOrganization(): Promise<void> {
    const { url, apiKey } = this.#program
    const name = `Customer ${++this.#made}`
    for (;;) {
      const created = await insist(
        `${url}/organizations`,
        json(apiKey, { name }, { 'idempotency-key': name }),
        this.#stopping.signal,
      )
      if (!created) return
      // The first request lives on in the database when its server has died; until it is through, its key is taken.
      if (created.status === 409 && created.text.includes('idempotency_key_in_use')) continue
      expectStatus(created, 201)
      this.organizations.set(name, (JSON.parse(created.text) as Organization).id) // that is what a 201 holds
      return
    }
  }

  /** Browsers do not repeat a sign-in that broke: it is given up. Every second code is kept for later. */
  async #signIn(): Promise<void> {
    const { url, clientId } = this.#program
    const number = ++this.#made
    const idpId = `00u${number % people}`
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: callback,
      response_type: 'code',
      connection: this.#connection,
    })
    const started = await ask(`${url}/sso/authorize?${query.toString()}`)
    if (!started) return sleep(20)
    const request = readRedirect(expectStatus(started, 302).location ?? '')
    const form = answer(this.#idp, request, { now: new Date(), idpId, email: `${idpId}@customer.example` })
    const finished = await ask(url + new URL(request.acsUrl).pathname, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    if (!finished) return
    const code = new URL(expectStatus(finished, 302).location ?? '').searchParams.get('code')
    if (code === null) throw new Error(`No code: ${finished.location}`)
    if (number % 2 === 0) return void this.signIns.push({ idpId, code })
    const redeemed = await redeem(this.#program, code)
    if (!redeemed) return
    const { access_token: accessToken, profile } = JSON.parse(expectStatus(redeemed, 200).text) as TokenResponse // a 200
    this.signIns.push({ idpId, code, token: { accessToken, profileId: profile.id } })
  }
}

export function redeem({ url, apiKey, clientId }: Program, code: string) {
  const fields = { client_id: clientId, client_secret: apiKey, grant_type: 'authorization_code', code }
  return ask(`${url}/sso/token`, { method: 'POST', body: new URLSearchParams(fields) })
}

const types = ['organization.created', 'authentication.sso_started', 'authentication.sso_succeeded']

/** The page of events after one; undefined when nobody answers. */
export async function readLog({ url, apiKey }: Program, after: string | undefined): Promise<Event[] | undefined> {
  const query = new URLSearchParams({ events: types.join(','), limit: '100', ...(after !== undefined && { after }) })
  const page = await ask(`${url}/events?${query.toString()}`, { headers: { authorization: `Bearer ${apiKey}` } })
  return page && (JSON.parse(expectStatus(page, 200).text) as Page<Event>).data // a 200 of this endpoint
}

function json(apiKey: string, body: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
  }
}
