import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { DashboardSession } from '#contracts/console.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { type DashboardTester, openDashboard } from '../support/dashboard.ts'
import { addUser, createScimClient } from '../support/scim.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { createSsoTenant } from '../support/sso-tenant.ts'

const server = useTestServer()

interface Line {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

interface Watching {
  readonly status: number
  readonly lines: Line[]
  readonly isOver: boolean
  close(): void
}

const open: Watching[] = []
afterEach(() => {
  for (const watching of open.splice(0)) watching.close()
})

function watch(
  environment: TestEnvironment,
  { cookie }: Pick<DashboardTester, 'cookie'>,
  headers: Record<string, string> = {},
  after = '',
): Promise<Watching> {
  return new Promise((resolve, reject) => {
    const url = `${server.url}/dashboard/api/${environment.id}/live?${new URLSearchParams({ after })}`
    const request = get(url, { headers: { cookie, 'sec-fetch-site': 'same-origin', ...headers } })
    request.on('error', reject)
    request.on('response', (response: IncomingMessage) => {
      const lines: Line[] = []
      const watching = { status: response.statusCode ?? 0, lines, isOver: false, close: () => void request.destroy() }
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const fields = new Map(
            block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
          )
          const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name))
          if (event !== undefined) lines.push({ id: id ?? '', event, data: JSON.parse(data ?? '{}') as Line['data'] }) // always an object
        }
      })
      response.on('close', () => (watching.isOver = true))
      response.on('error', () => undefined)
      open.push(watching)
      resolve(watching)
    })
  })
}

async function expectSoon(claim: () => boolean): Promise<void> {
  const end = Date.now() + 15_000
  while (!claim() && Date.now() < end) await sleep(20)
  expect(claim()).toBe(true)
}

async function makeOrganizations(environment: TestEnvironment, ...names: string[]): Promise<string[]> {
  const ids = []
  for (const name of names) {
    const { body } = await environment.api<{ id: string }>('POST', '/organizations', { body: { name } })
    ids.push(body.id)
  }
  await stampEvents(server.db)
  return ids
}

const organizationsIn = (watching: Watching) =>
  watching.lines.filter(({ event }) => event === 'log').map(({ data }) => data['organization_id'])

test('whoever watches is told what happens there and nothing of elsewhere', async () => {
  const [environment, other] = [await server.environment(), await server.environment()]
  await makeOrganizations(environment, 'Before')
  const watching = await watch(environment, await openDashboard(server, 'viewer'))
  await expectSoon(() => watching.lines.length === 1)
  expect(watching.lines[0]).toMatchObject({ event: 'ready' })
  await makeOrganizations(other, 'Elsewhere')
  const [id] = await makeOrganizations(environment, 'Here')
  await expectSoon(() => watching.lines.length > 1)
  expect(watching.lines.slice(1)).toEqual([
    {
      id: expect.stringMatching(/^\d+$/),
      event: 'log',
      data: { id: expect.stringMatching(/^event_/), event: 'organization.created', organization_id: id },
    },
  ])
})

test('a sign-in that moves is named besides', async () => {
  const tenant = await createSsoTenant(server)
  await stampEvents(server.db)
  const watching = await watch(tenant.environment, await openDashboard(server))
  await expectSoon(() => watching.lines.length === 1)
  await tenant.signIn()
  await stampEvents(server.db)
  const attempts = () => watching.lines.filter(({ event }) => event === 'attempt')
  await expectSoon(() => attempts().length === 2)
  expect(attempts().map(({ data }) => data)).toEqual([
    { id: expect.stringMatching(/^sso_session_/), event: 'authentication.sso_started' },
    { id: attempts()[0]?.data['id'], event: 'authentication.sso_succeeded' },
  ])
})

test('a browser that comes back misses nothing and gets nothing twice', async () => {
  const environment = await server.environment()
  const dashboard = await openDashboard(server)
  const first = await watch(environment, dashboard)
  const stays = await watch(environment, dashboard)
  await expectSoon(() => first.lines.length === 1 && stays.lines.length === 1)
  const before = await makeOrganizations(environment, 'A')
  await expectSoon(() => first.lines.length === 2)
  first.close()
  const meanwhile = await makeOrganizations(environment, 'B', 'C')
  await expectSoon(() => organizationsIn(stays).length === 3)
  const second = await watch(environment, dashboard, { 'last-event-id': first.lines.at(-1)?.id ?? '' })
  const after = await makeOrganizations(environment, 'D')
  await expectSoon(() => organizationsIn(second).length === 3)
  expect(organizationsIn(first)).toEqual(before)
  expect(organizationsIn(second)).toEqual([...meanwhile, ...after])
  expect(organizationsIn(stays)).toEqual([...before, ...meanwhile, ...after])
})

describe('a page that goes on from where its session was read', () => {
  async function begin() {
    const client = await createScimClient(server)
    await addUser(client, 'before@example.com')
    await settle()
    const dashboard = await openDashboard(server)
    const place = await placeIn(client.environment, dashboard)
    return { client, environment: client.environment, dashboard, place }
  }
  async function settle(): Promise<void> {
    await server.deps.scimLog.flush(server.deps.db)
    await stampEvents(server.db)
  }
  async function placeIn(environment: TestEnvironment, dashboard: DashboardTester): Promise<string> {
    const { body } = await dashboard.ask<DashboardSession>('GET', '/dashboard/api/session')
    return body.environments.find(({ id }) => id === environment.id)?.live_place ?? ''
  }

  test('is told of nothing when nothing happened', async () => {
    const { environment, dashboard, place } = await begin()
    const watching = await watch(environment, dashboard, {}, place)
    // What is told next: whatever should have come before it would be there.
    const [id] = await makeOrganizations(environment, 'After')
    await expectSoon(() => watching.lines.length >= 2)
    expect(watching.lines.map(({ event }) => event)).toEqual(['ready', 'log'])
    expect(watching.lines.map(({ data }) => data['resumes'] ?? data['organization_id'])).toEqual([true, id])
  })

  test.each([true, false])('is told of everything since, while somebody else watches: %s', async (isWatched) => {
    const { client, environment, dashboard, place } = await begin()
    const other = isWatched ? await watch(environment, dashboard) : undefined
    if (other) await expectSoon(() => other.lines.length === 1)
    const ids = await makeOrganizations(environment, 'A', 'B')
    await client.send('GET', '/Users')
    await settle()
    if (other) await expectSoon(() => other.lines.length >= 4)
    const watching = await watch(environment, dashboard, {}, place)
    await expectSoon(() => watching.lines.length >= 4)
    expect(watching.lines[0]).toMatchObject({ event: 'ready', data: { resumes: true } })
    expect(organizationsIn(watching)).toEqual(ids)
    expect(watching.lines.map(({ event }) => event)).toContain('scim')
  })

  test.each(['', 'x', '1', '-1.', '999999999.', "0.'"])(
    'begins at the end from what is no place of it: %s',
    async (place) => {
      const { environment, dashboard } = await begin()
      const watching = await watch(environment, dashboard, {}, place)
      await expectSoon(() => watching.lines.length >= 1)
      expect(watching.lines[0]?.data).toEqual({ resumes: false })
    },
  )
})

test.each(['999999999', 'a'])('a place that cannot be gone on from, %s, starts at the end', async (place) => {
  const environment = await server.environment()
  await makeOrganizations(environment, 'A')
  const watching = await watch(environment, await openDashboard(server), { 'last-event-id': place })
  await expectSoon(() => watching.lines.length === 1)
  expect(watching.lines[0]?.event).toBe(place === 'a' ? 'ready' : 'reset')
})

test('signing out ends the watching', async () => {
  const environment = await server.environment()
  const dashboard = await openDashboard(server)
  const watching = await watch(environment, dashboard)
  await dashboard.ask('DELETE', '/dashboard/api/session')
  await expectSoon(() => watching.isOver)
})

test('one session may watch with a few pages, not with any number', async () => {
  const environment = await server.environment()
  const dashboard = await openDashboard(server)
  const watchings = []
  for (let page = 0; page < 8; page += 1) watchings.push(await watch(environment, dashboard))
  expect((await watch(environment, dashboard)).status).toBe(429)
  watchings[0]?.close()
  await sleep(200)
  expect((await watch(environment, dashboard)).status).toBe(200)
})

describe('nobody watches', () => {
  test.each([
    ['without a session', { cookie: '' }, 401],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['under a foreign name', { host: 'evil.test' }, 403],
  ])('%s', async (_how, headers, status) => {
    const environment = await server.environment()
    expect((await watch(environment, await openDashboard(server), headers)).status).toBe(status)
  })

  test('an environment that does not exist', async () => {
    const environment = { ...(await server.environment()), id: 'environment_nobody' as const }
    expect((await watch(environment, await openDashboard(server))).status).toBe(404)
  })
})
