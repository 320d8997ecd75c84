import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConnection } from '#domain/connections/create.ts'
import { createApiKey } from '#domain/environments/api-keys.ts'
import { createEnvironment } from '#domain/environments/create.ts'
import { generateFirstKeys } from '#domain/environments/signing-keys.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { redirectUris } from '#domain/redirects/families.ts'
import { createUri } from '#domain/redirects/uris.ts'
import { answer, createIdp, type SamlIdp } from '../support/saml-idp.ts'
import { Program } from './program.ts'

const roundsOfServer = 6
const roundsOfDatabase = 2
const writers = 4

let program: Program
let tenant: { apiKey: string; clientId: string; spEntityId: string; acsUrl: string; idp: SamlIdp }

beforeAll(async () => {
  program = await Program.start()
  tenant = await prepare()
})
afterAll(() => program.close())

async function prepare() {
  const idp = await createIdp()
  const keys = await generateFirstKeys()
  const made = await program.prepare(async (work, secrets) => {
    const environment = await createEnvironment(work, secrets, { name: 'Test', kind: 'staging' }, keys)
    const apiKey = await createApiKey(work, 'staging', { name: 'Test' })
    await createUri(work, redirectUris, 'staging', { uri: 'http://localhost:3000/callback', default: true })
    const domain_data = [{ domain: 'example.com', state: 'verified' as const }]
    const { id } = await createOrganization(work, { name: 'Test', domain_data })
    const settings = {
      entityId: idp.entityId,
      ssoRedirectUrl: 'https://idp.test/sso',
      ssoPostUrl: null,
      certificates: [idp.certificate],
      wantsSignedRequests: false,
      metadataUrl: null,
    }
    const connection = await createConnection(
      work,
      { organization_id: id, connection_type: 'OktaSAML' },
      settings,
      'http://gatehouse.test',
    )
    return {
      apiKey: apiKey.value,
      clientId: environment.client_id,
      spEntityId: connection.sp_entity_id,
      acsUrl: connection.acs_url,
    }
  })
  return { ...made, idp }
}

/** What the server acknowledged, and what it may or may not have done. */
class Record {
  readonly names = new Map<string, string>()
  readonly codes: string[] = []
  readonly open: { name: string; key: string }[] = []
  #made = 0

  next(): { name: string; key: string } {
    this.#made += 1
    return this.open.pop() ?? { name: `organization ${this.#made}`, key: randomBytes(8).toString('hex') }
  }
}

async function createOne(record: Record): Promise<void> {
  const request = record.next()
  try {
    record.names.set(request.name, await create(request))
  } catch (error) {
    // It may have been done or not: it is tried again with the same key, as SDKs do.
    record.open.push(request)
    throw error
  }
}

async function create(request: { name: string; key: string }): Promise<string> {
  const response = await fetch(`${program.url}/organizations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tenant.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': request.key,
    },
    body: JSON.stringify({ name: request.name }),
  })
  const { id } = (await response.json()) as { id: string }
  if (response.status !== 201) throw new Error(`answered ${response.status}`)
  return id
}

async function signInOne(record: Record, n: string): Promise<void> {
  const form = answer(
    tenant.idp,
    { issuer: tenant.spEntityId, acsUrl: tenant.acsUrl },
    { now: new Date(), email: `${n}@example.com`, idpId: n, change: { responseId: `_r${n}`, assertionId: `_a${n}` } },
  )
  const response = await fetch(program.url + new URL(tenant.acsUrl).pathname, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  })
  const code = new URL(response.headers.get('location') ?? 'http://none').searchParams.get('code')
  if (code === null) throw new Error(`answered ${response.status}`)
  record.codes.push(code)
}

/** Writes until told to stop; a request that the kill cuts off is not acknowledged. */
async function load(record: Record, round: number, stop: AbortSignal): Promise<void> {
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; !stop.aborted; n++)
        await (writer % 2 === 0 ? createOne(record) : signInOne(record, `p${round}-${writer}-${n}`)).catch(() =>
          pause(5),
        )
    }),
  )
}

interface Entry {
  readonly id: string
  readonly event: string
  readonly data: { readonly id?: string; readonly email?: string }
}

const names = 'organization.created,authentication.sso_succeeded'

async function readPage(url: string, after: string | undefined): Promise<Entry[]> {
  const cursor = after === undefined ? '' : `&after=${after}`
  const response = await fetch(`${url}/events?limit=100&events=${names}${cursor}`, {
    headers: { authorization: `Bearer ${tenant.apiKey}` },
  })
  // While the database is away the server says so; anything else would mean that the cursor was lost.
  if (response.status >= 500) throw new Error(`answered ${response.status}`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: Entry[] }).data
}

/** A consumer that keeps its cursor through everything. */
async function poll(polled: Entry[], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const found = await readPage(program.url, polled.at(-1)?.id).catch((error: Error) => {
      if (error.name === 'AssertionError') throw error
      return []
    })
    polled.push(...found)
    if (found.length === 0) await pause(5)
  }
}

test('kill -9 loses nothing that was acknowledged, doubles nothing, and the log stays in order for who polls it', async () => {
  const record = new Record()
  const polled: Entry[] = []
  await program.startServer()
  const polling = new AbortController()
  const poller = poll(polled, polling.signal)

  for (let round = 0; round < roundsOfServer + roundsOfDatabase; round++) {
    const writing = new AbortController()
    const written = load(record, round, writing.signal)
    const enough = record.names.size + 10
    while (record.names.size < enough) await pause(10)
    await pause(Math.random() * 50)
    if (round < roundsOfServer) program.killServer()
    else await program.killDatabase()
    writing.abort()
    await written
    program.killServer()
    await program.startServer()
  }
  // What was cut off is tried again, as clients do.
  while (record.open.length > 0) await createOne(record)
  const { url } = program
  let last = -1
  while (last < polled.length) {
    last = polled.length
    await pause(200)
  }
  polling.abort()
  await poller

  const log: Entry[] = []
  for (let next = await readPage(url, undefined); next.length > 0; next = await readPage(url, log.at(-1)?.id))
    log.push(...next)
  expect(polled.map(({ id }) => id)).toEqual(log.map(({ id }) => id))
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length)

  const created = log.filter(({ event }) => event === 'organization.created').map(({ data }) => data.id ?? '')
  expect(new Set(created).size).toBe(created.length)
  // One event for each organization that was acknowledged, besides the one there was before.
  expect(new Set(created)).toEqual(new Set([...record.names.values(), created[0] ?? '']))
  for (const id of record.names.values()) {
    const response = await fetch(`${url}/organizations/${id}`, {
      headers: { authorization: `Bearer ${tenant.apiKey}` },
    })
    expect(response.status).toBe(200)
  }

  const signedIn = log.filter(({ event }) => event === 'authentication.sso_succeeded').map(({ data }) => data.email)
  expect(new Set(signedIn).size).toBe(signedIn.length)
  expect(signedIn.length).toBeGreaterThanOrEqual(record.codes.length)
  const redeem = async (code: string) =>
    (
      await fetch(`${url}/sso/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: tenant.clientId,
          client_secret: tenant.apiKey,
          grant_type: 'authorization_code',
          code,
        }),
      })
    ).status
  for (const code of record.codes) expect([await redeem(code), await redeem(code)]).toEqual([200, 400])
}, 600_000)
