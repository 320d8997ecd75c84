import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey } from '#domain/environments/api-keys.ts'
import { createEnvironment } from '#domain/environments/create.ts'
import { generateFirstKeys } from '#domain/environments/signing-keys.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { expectLogToTellState } from '../support/directory-replay.ts'
import { addGroup, dsyncEvents, type LogEntry, type ScimClient } from '../support/scim.ts'
import { Program } from './program.ts'
import { Writer } from './provisioning.ts'

/** With GATEHOUSE_THOROUGH set 20,000 calls and twenty kills: half an hour where much else runs. */
const isThorough = process.env['GATEHOUSE_THOROUGH'] !== undefined
const roundsOfServer = isThorough ? 12 : 3
const roundsOfDatabase = isThorough ? 8 : 2
const callsBeforeKill = isThorough ? 1_000 : 40
const timeoutMs = isThorough ? 3_600_000 : 600_000
const callsTimeoutMs = isThorough ? 600_000 : 60_000
const writers = 4

let program: Program
let client: ScimClient
beforeAll(async () => {
  program = await Program.start()
  const keys = await generateFirstKeys()
  const tenant = await program.prepare(async (work, secrets) => {
    await createEnvironment(work, secrets, { name: 'Test', kind: 'staging' }, keys)
    const { value } = await createApiKey(work, 'staging', { name: 'Test' })
    return { apiKey: value, organization: await createOrganization(work, { name: 'Test' }) }
  })
  await program.startServer()
  client = await connect(tenant.apiKey, tenant.organization.id)
}, 300_000)
afterAll(() => program.close())

/** The client of the other tests, of a server that is another one after each kill. */
async function connect(apiKey: string, organization: string): Promise<ScimClient> {
  const call = async (token: string, method: string, path: string, body?: unknown) => {
    const response = await fetch(program.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  const { body: directory } = await call(apiKey, 'POST', '/directories', {
    organization_id: organization,
    type: 'okta scim v2.0',
    name: 'Okta',
  })
  const base = new URL(directory.endpoint).pathname
  const made = {
    directory,
    environment: { api: (method: string, path: string) => call(apiKey, method, path) },
    send: (method: string, path: string, body?: unknown) => call(directory.bearer_token, method, base + path, body),
    log: () => readFrom(undefined),
  }
  return made as unknown as ScimClient // of the environment nothing but `api` is used here
}

async function readFrom(after: string | undefined): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for (;;) {
    const cursor = entries.at(-1)?.id ?? after
    const query = `limit=100&events=${dsyncEvents}${cursor === undefined ? '' : `&after=${cursor}`}`
    const { status, body } = await client.environment.api<{ data: LogEntry[] }>('GET', `/events?${query}`)
    if (status >= 500) throw new Error('away')
    expect(status).toBe(200)
    if (body.data.length === 0) return entries
    entries.push(...body.data)
  }
}

/** An application that follows the log and keeps its cursor through everything. */
async function follow(read: LogEntry[], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      read.push(...(await readFrom(read.at(-1)?.id)))
    } catch (error) {
      if (error instanceof Error && error.name === 'AssertionError') throw error
    }
    await pause(5)
  }
}

test(
  'kill -9 takes back nothing that an identity provider was told, and the log tells all of it once',
  async () => {
    const groups = await Promise.all(Array.from({ length: writers }, (_, n) => addGroup(client, `Group ${n}`)))
    const all = groups.map((group, n) => new Writer(client, group, n))
    const acknowledged = () => all.reduce((sum, writer) => sum + writer.acknowledged, 0)
    const followed: LogEntry[] = []
    const following = new AbortController()
    const follower = follow(followed, following.signal)

    for (let round = 0; round < roundsOfServer + roundsOfDatabase; round++) {
      const writing = new AbortController()
      const written = Promise.all(all.map((writer) => writer.write(writing.signal)))
      const enough = acknowledged() + callsBeforeKill
      await expect.poll(acknowledged, { timeout: callsTimeoutMs, interval: 10 }).toBeGreaterThan(enough)
      await pause(Math.random() * 50)
      if (round < roundsOfServer) {
        program.killServer()
        await pause(20)
        writing.abort()
        await program.startServer()
      } else {
        await program.killDatabase()
        // The server finds it again by itself.
        const back = acknowledged() + writers
        await expect.poll(acknowledged, { timeout: 60_000, interval: 10 }).toBeGreaterThan(back)
        writing.abort()
      }
      await written
    }
    for (const writer of all) {
      await writer.settle()
      await writer.expectHolding()
    }
    expect(
      all.reduce((sum, writer) => sum + writer.cutOff, 0),
      'the kills met calls under way',
    ).toBeGreaterThan(0)

    const { users } = await expectLogToTellState(client)
    expect(Object.keys(users).length).toBeGreaterThan(0)
    const log = await client.log()
    await expect.poll(() => followed.length, { timeout: 20_000 }).toBe(log.length)
    following.abort()
    await follower
    expect(followed.map(({ id }) => id)).toEqual(log.map(({ id }) => id))
  },
  timeoutMs,
)
