import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment } from '#contracts/environments.ts'
import { eventPayloads } from '#contracts/events.ts'
import type { Source } from '../follow-log.ts'
import { exitCodes, Failure } from '../failure.ts'

const pollMs = 250
const anyId = /\b[a-z]+(?:_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}\b/g

export interface Answer {
  readonly status: number
  readonly text: string
  // What the API says to calls made here; each recipe reads the fields that its contract promises.
  readonly body: any // oxlint-disable-line typescript/no-explicit-any
  readonly location: string | null
}

export interface CausedEvent {
  readonly id: string
  readonly event: string
}

/** One run in an environment that is nobody's production: calls the API as an application would, and remembers what it made. */
export class Sandbox {
  /** In the names of everything made here, so that one run never meets another's. */
  readonly tag = randomBytes(5).toString('hex')
  readonly environment: Environment
  readonly clock: () => Date
  readonly #source: Source
  readonly #cursor: string | undefined
  readonly #made = new Set<string>()

  private constructor(source: Source, environment: Environment, clock: () => Date, cursor: string | undefined) {
    this.#source = source
    this.environment = environment
    this.clock = clock
    this.#cursor = cursor
  }

  /** @throws Failure for a production environment: what is made here is made up. */
  static async open(source: Source, clock: () => Date): Promise<Sandbox> {
    const environment = (await ask(source, 'GET', '/environments/current')).body as Environment // the contract's answer
    if (environment.kind === 'production')
      throw new Failure(
        exitCodes.userError,
        `${environment.name} is a production environment. Events are triggered in staging environments only: give the key of one as GATEHOUSE_API_KEY.`,
      )
    const newest = await ask(source, 'GET', `/events?limit=1&order=desc&events=${names}`)
    return new Sandbox(source, environment, clock, newest.body.data[0]?.id)
  }

  get(path: string): Promise<Answer> {
    return this.#call('GET', path, undefined)
  }

  post(path: string, body: object = {}): Promise<Answer> {
    return this.#call('POST', path, body)
  }

  put(path: string, body: object): Promise<Answer> {
    return this.#call('PUT', path, body)
  }

  patch(path: string, body: object): Promise<Answer> {
    return this.#call('PATCH', path, body)
  }

  delete(path: string): Promise<Answer> {
    return this.#call('DELETE', path, undefined)
  }

  /** As the application's server signs somebody in; refusals are answers too. */
  authenticate(fields: object): Promise<Answer> {
    const client = { client_id: this.environment.client_id, client_secret: this.#source.key }
    return this.#call('POST', '/user_management/authenticate', { ...client, ...fields }, { mayRefuse: true })
  }

  /** As the identity provider of a directory. */
  scim(directory: { endpoint: string; bearer_token: string }, method: string, path: string, body?: object) {
    const base = new URL(directory.endpoint).pathname
    return this.#call(method, base + path, body, { key: directory.bearer_token })
  }

  /** As a browser that follows nothing. @param path with its query. */
  async browse(path: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(this.#source.url + path, {
      redirect: 'manual',
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    const text = await response.text()
    return { status: response.status, text, body: undefined, location: response.headers.get('location') }
  }

  /**
   * What happened since the run began to anything that was made in it, in the order of the log.
   * @param wanted waited for: some events are found by whoever follows the log.
   */
  async caused(wanted: string, patienceMs: number): Promise<readonly CausedEvent[]> {
    const end = performance.now() + patienceMs
    for (;;) {
      const events = await this.#readLog()
      if (events.some(({ event }) => event === wanted) || performance.now() > end) return events
      await sleep(pollMs)
    }
  }

  async #readLog(): Promise<CausedEvent[]> {
    const events: CausedEvent[] = []
    let after = this.#cursor
    for (;;) {
      const { body } = await ask(
        this.#source,
        'GET',
        `/events?limit=100&events=${names}${after === undefined ? '' : `&after=${after}`}`,
      )
      const page = body as { data: { id: string; event: string; data: unknown }[] } // the contract's answer
      for (const { id, event, data } of page.data) {
        after = id
        if (this.#isOurs(JSON.stringify(data))) events.push({ id, event })
      }
      if (page.data.length < 100) return events
    }
  }

  /** Roles are announced by name alone; everything else has an id. */
  #isOurs(data: string): boolean {
    return data.includes(this.tag) || idsIn(data).some((found) => this.#made.has(found))
  }

  async #call(
    method: string,
    path: string,
    body: object | undefined,
    { key, mayRefuse = false }: { readonly key?: string; readonly mayRefuse?: boolean } = {},
  ): Promise<Answer> {
    const answer = await ask({ ...this.#source, ...(key !== undefined && { key }) }, method, path, body, mayRefuse)
    if (method !== 'GET') for (const id of idsIn(answer.text)) this.#made.add(id)
    return answer
  }
}

const names = Object.keys(eventPayloads).join(',')

function idsIn(text: string): string[] {
  return text.match(anyId) ?? []
}

async function ask(
  { url, key }: Source,
  method: string,
  path: string,
  body?: object,
  mayRefuse = false,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${key}`,
      ...(body && { 'content-type': path.includes('/scim/') ? 'application/scim+json' : 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Failure(exitCodes.environment, `${url} cannot be reached.`, [], { cause: error })
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  if (!response.ok && !mayRefuse)
    throw new Failure(exitCodes.userError, `${method} ${path.split('?', 1)[0]} answered ${response.status}: ${text}`)
  return {
    status: response.status,
    text,
    body: isJson ? JSON.parse(text) : undefined,
    location: response.headers.get('location'),
  }
}
