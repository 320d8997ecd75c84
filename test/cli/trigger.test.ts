import { beforeAll, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import { recoverAlerts } from '#domain/alerts/evaluate.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { countAll } from '#domain/insights/follow.ts'
import { type Event, eventPayloads } from '#contracts/events.ts'
import { triggerable, unreachable } from '#cli/trigger/recipes.ts'
import { trigger } from '#cli/trigger/run.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { folderForTest, runGatehouse } from './gatehouse.ts'

const server = useTestServer()
let environment: TestEnvironment
beforeAll(async () => {
  environment = await server.environment()
})

const idle = new AbortController().signal
const settings = ({ apiKey }: TestEnvironment) => ({ BASE_URL: server.url, GATEHOUSE_API_KEY: apiKey.value })

test('everything that happens on this server can be triggered, or says why not', () => {
  expect([...triggerable, ...Object.keys(unreachable)].toSorted()).toEqual(Object.keys(eventPayloads).toSorted())
})

/** The last of the log, oldest first. */
async function newest(count: number): Promise<{ id: string; event: string }[]> {
  const query = `/events?order=desc&limit=${count}&events=${Object.keys(eventPayloads).join(',')}`
  const { body } = await environment.api<Page<Event>>('GET', query)
  return body.data.map(({ id, event }) => ({ id, event })).toReversed()
}

/** What the background does about alerts, and time. */
async function passTime(): Promise<void> {
  await stampEvents(server.db)
  await countAll(server.deps, idle)
  server.clock.advance(2_000)
  await recoverAlerts(server.deps, idle)
  await stampEvents(server.db)
}

test.each(triggerable)('%s is triggered, and what came of it is named', async (name) => {
  const source = { url: server.url, key: environment.apiKey.value }
  const background = name.startsWith('alert.') ? setInterval(() => void passTime(), 300) : undefined
  try {
    const events = await trigger(source, name, server.clock.read)
    expect(events.map(({ event }) => event)).toContain(name)
    expect(await newest(events.length)).toEqual(events)
  } finally {
    clearInterval(background)
  }
})

test('what others do meanwhile is not named', async () => {
  const source = { url: server.url, key: environment.apiKey.value }
  const others = setInterval(
    () => void environment.api('POST', '/organizations', { body: { name: 'Somebody else' } }),
    20,
  )
  const events = await trigger(source, 'organization.updated', server.clock.read).finally(() => clearInterval(others))
  expect(events.map(({ event }) => event)).toEqual(['organization.created', 'organization.updated'])
})

test('gatehouse trigger pushes a person by SCIM and prints the events', async () => {
  const { code, stdout, stderr } = await runGatehouse(['trigger', 'dsync.user.created', '--json'], {
    env: settings(environment),
    folder: await folderForTest(),
  })
  expect([code, stderr]).toEqual([0, ''])
  const { triggered, events } = JSON.parse(stdout) as { triggered: string; events: { id: string; event: string }[] }
  expect([triggered, events.map(({ event }) => event)]).toEqual([
    'dsync.user.created',
    ['organization.created', 'dsync.token.created', 'dsync.activated', 'dsync.user.created'],
  ])
  expect(await newest(events.length)).toEqual(events)
})

test('a production environment is refused before anything is made', async () => {
  const production = await server.environment('production')
  const { code, stderr } = await runGatehouse(['trigger', 'user.created'], {
    env: settings(production),
    folder: await folderForTest(),
  })
  expect([code, stderr]).toEqual([1, expect.stringContaining('is a production environment')])
  expect(await readLog(production.api)).toEqual([])
})

test.each([
  [['dsync.user.craeted'], '"dsync.user.craeted" is no event. Did you mean "dsync.user.created"?'],
  [['vault.data.read'], '"vault.data.read" never happens on this server.'],
  [['webhook_endpoint.disabled'], 'webhook_endpoint.disabled cannot be triggered: it takes three days'],
  [[], 'Which event? See gatehouse trigger --list.'],
  [['user.created'], 'No server is named'],
])('gatehouse trigger %s is refused', async (words, sentence) => {
  const { code, stderr } = await runGatehouse(['trigger', ...words], { folder: await folderForTest() })
  expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)])
})

test('gatehouse trigger --list names them', async () => {
  const { code, stdout } = await runGatehouse(['trigger', '--list', '--json'])
  expect([code, JSON.parse(stdout)]).toEqual([0, triggerable])
})
