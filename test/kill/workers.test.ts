import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import { createEnvironment } from '#domain/environments/create.ts'
import { generateFirstKeys } from '#domain/environments/signing-keys.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { updateOrganization } from '#domain/organizations/update.ts'
import { createLogStream } from '#domain/log-streams/streams.ts'
import { createEndpoint } from '#domain/webhooks/endpoints.ts'
import { Secrets } from '#protocols/envelope.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { spawnServer } from './spawn-server.ts'

const key = randomBytes(32)
const secrets = new Secrets([key])
const organizations = 8
const eventsEach = 30

let db: TestDatabase
let deps: ChangeDeps
let environment: EnvironmentId
const workers: ChildProcess[] = []
beforeAll(async () => {
  db = await createTestDatabase(4)
  deps = { db, clock: () => new Date(), wake: () => undefined }
  environment = newId('environment', new Date())
  const keys = await generateFirstKeys()
  await change(deps, { environment }, (work) =>
    createEnvironment(work, secrets, { name: 'Test', kind: 'staging' }, keys),
  )
})
afterAll(async () => {
  for (const child of workers) child.kill('SIGKILL')
  await db.drop()
})

async function startWorker(role = 'worker'): Promise<{ url: string; process: ChildProcess }> {
  const server = spawnServer(db.url, key, role)
  workers.push(server.process)
  return { ...server, url: await server.url }
}

interface Arrival {
  readonly path: string
  readonly id: string
  readonly name: string
  readonly organization: string
  readonly at: number
}

/** A receiver that takes its time and knows what it is being sent at every moment. */
class Receiver {
  readonly arrivals: Arrival[] = []
  /** Organizations that two attempts in ordered mode were under way for at once. */
  readonly overlaps: string[] = []
  /** Ids of the log as the stream brought them. */
  readonly streamed: string[] = []
  readonly #open = new Map<string, number>()
  readonly #server = createServer((request, response) => void this.#take(request, response))

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` // it listens on a port
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
    const text = Buffer.concat(chunks).toString()
    const path = request.url ?? ''
    if (path === '/stream') {
      await pause(20)
      // Nobody is told of what was taken from a sender who is gone.
      if (response.destroyed) return
      for (const line of text.trimEnd().split('\n')) this.streamed.push((JSON.parse(line) as { id: string }).id)
      return void response.writeHead(200).end()
    }
    const event = JSON.parse(text) as { id: string; data: { id: string; name: string } }
    const organization = event.data.id
    this.arrivals.push({ path, id: event.id, name: event.data.name, organization, at: performance.now() })
    if (path === '/ordered') {
      const open = this.#open.get(organization) ?? 0
      if (open > 0) this.overlaps.push(organization)
      this.#open.set(organization, open + 1)
      // Ends with the answer, or with the process that asked.
      response.once('close', () => this.#open.set(organization, (this.#open.get(organization) ?? 1) - 1))
    }
    await pause(path === '/slow' ? 9_000 : 20)
    response.writeHead(200).end()
  }
}

async function changeOrganizations(): Promise<OrganizationId[]> {
  const ids = await change(deps, { environment }, async (work) => {
    const made: OrganizationId[] = []
    for (let n = 0; n < organizations; n++)
      made.push((await createOrganization(work, { name: `organization ${n}` })).id)
    return made
  })
  for (let version = 0; version < eventsEach; version++)
    await change(deps, { environment }, async (work) => {
      for (const id of ids) await updateOrganization(work, id, { name: `${version}` })
    })
  return ids
}

test('a worker that is killed is followed within ten seconds, and nobody is ever sent two ordered events at once', async () => {
  const receiver = new Receiver()
  const url = await receiver.start()
  const rules = { secrets, allowPrivate: true }
  for (const [path, events, ordered] of [
    ['/ordered', ['organization.updated'], true],
    ['/any', ['organization.updated'], false],
    ['/slow', ['organization.created'], false],
  ] as const)
    await change(deps, { environment }, (work) =>
      createEndpoint(work, { endpoint_url: url + path, events: [...events], ordered }, rules),
    )
  await change(deps, { environment }, (work) =>
    createLogStream(
      work,
      { type: 'https', https: { url: `${url}/stream` }, events: ['organization.created', 'organization.updated'] },
      { secrets, allowPrivate: true, allowFiles: false },
    ),
  )
  const [doomed, survivor] = [await startWorker(), await startWorker()]
  expect((await fetch(`${survivor.url}/readyz`)).status).toBe(200)
  expect((await fetch(`${survivor.url}/organizations`)).status).toBe(404)

  const ids = await changeOrganizations()
  const arrivedAt = (path: string) => receiver.arrivals.filter((arrival) => arrival.path === path)
  while (arrivedAt('/ordered').length < 40) await pause(5)
  doomed.process.kill('SIGKILL')
  const killed = performance.now()

  const expected = organizations * eventsEach
  const distinct = (path: string) => new Set(arrivedAt(path).map(({ id }) => id)).size
  const openDeliveries = async () =>
    (await db.pool.query<{ n: number }>(`select count(*) as n from webhook_deliveries where state = 'pending'`)).rows[0]
      ?.n
  while (distinct('/ordered') < expected || distinct('/any') < expected) await pause(20)
  const firstArrivals = new Map<string, number>()
  for (const { path, id, at } of receiver.arrivals) if (!firstArrivals.has(path + id)) firstArrivals.set(path + id, at)
  const longest = Math.max(...[...firstArrivals.values()].map((at) => at - killed))
  // 8 s until the leases end, and what was left to do.
  expect(longest).toBeLessThan(12_000)
  while ((await openDeliveries()) !== 0) await pause(50)

  // What the dead one had begun was sent once more; nothing else was, and nothing that merely takes long.
  expect(receiver.overlaps).toEqual([])
  for (const id of ids) {
    const names = arrivedAt('/ordered').filter(({ organization }) => organization === id)
    const versions = names.map(({ name }) => Number(name))
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(versions.length).toBeLessThanOrEqual(eventsEach + 1)
  }
  const slow = arrivedAt('/slow').filter(({ at }) => at > killed)
  expect(distinct('/slow')).toBe(organizations)
  expect(new Set(slow.map(({ id }) => id)).size).toBe(slow.length)
  // The stream went on as well: everything at least once, and nothing new before what stood before it in the log.
  const { rows: log } = await db.pool.query<{ id: string }>(
    `select e.id from event_log l join events e on e.seq = l.seq
     where l.environment_id = $1 and l.type in ('organization.created', 'organization.updated') order by l.position`,
    [environment],
  )
  expect(log).toHaveLength(expected + organizations)
  while (new Set(receiver.streamed).size < log.length) await pause(20)
  expect([...new Set(receiver.streamed)]).toEqual(log.map(({ id }) => id))
  // Counted once each, whoever of the two did it and whatever the kill cut off.
  const counted = async () =>
    (
      await db.pool.query<{ n: number }>(
        `select sum(count)::bigint as n from insight_counts where metric = 'organizations' and grain = 'day' and outcome = 'updated'`,
      )
    ).rows[0]?.n
  while (((await counted()) ?? 0) < expected) await pause(50)
  expect(await counted()).toBe(expected)
  receiver.close()
  survivor.process.kill('SIGKILL')
}, 120_000)

test('a process that only answers requests delivers nothing', async () => {
  const receiver = new Receiver()
  const url = await receiver.start()
  const api = await startWorker('api')
  await change(deps, { environment }, (work) =>
    createEndpoint(
      work,
      { endpoint_url: `${url}/any`, events: ['organization.created'] },
      { secrets, allowPrivate: true },
    ),
  )
  await change(deps, { environment }, (work) => createOrganization(work, { name: 'o' }))
  expect((await fetch(`${api.url}/organizations`)).status).toBe(401)
  await pause(1_500)
  expect(receiver.arrivals).toEqual([])
  await startWorker()
  while (receiver.arrivals.length === 0) await pause(20)
  receiver.close()
})
