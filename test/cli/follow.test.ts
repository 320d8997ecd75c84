import { WorkOS } from 'workos-11'
import { expect, onTestFinished, test } from 'vitest'
import { useTestServer } from '../support/server.ts'
import { startSink } from '../support/sink.ts'
import { folderForTest, runGatehouse, startGatehouse, until } from './gatehouse.ts'

const server = useTestServer()

test('events tail shows what comes after a cursor, as it happens', async () => {
  const { api, apiKey } = await server.environment()
  await api('POST', '/organizations', { body: { name: 'first' } })
  const { body } = await api<{ data: { id: string }[] }>('GET', '/events?events=organization.created')
  const env = { BASE_URL: server.url, GATEHOUSE_API_KEY: apiKey.value }
  const args = ['events', 'tail', '--json', '--events', 'organization.*', '--after', body.data[0]?.id ?? '']
  const tail = startGatehouse(args, { env })
  onTestFinished(async () => void (await tail.stop()))
  await api('POST', '/organizations', { body: { name: 'second' } })
  expect(JSON.parse(await tail.firstLine)).toMatchObject({ event: 'organization.created', data: { name: 'second' } })
  expect((await tail.stop()).code).toBe(0)
})

test('listen forwards what happens from now on, signed with a secret that stays', async () => {
  // The server's clock is a test's own; what `listen` waits for has to come after the real now.
  server.clock.advance(Math.max(0, new Date().getTime() - server.clock.read().getTime()) + 60_000)
  const { api, apiKey } = await server.environment()
  const sink = await startSink()
  onTestFinished(() => sink.close())
  const env = { BASE_URL: server.url, GATEHOUSE_API_KEY: apiKey.value, GATEHOUSE_DATA: await folderForTest() }
  const listener = startGatehouse(['listen', '--forward-to', `${sink.url}/hook`], { env })
  onTestFinished(async () => void (await listener.stop()))
  const secret = (await listener.firstLine).replace('Webhook secret: ', '')
  await api('POST', '/organizations', { body: { name: 'Acme' } })
  const request = await until(async () => sink.received[0])
  const event = await new WorkOS('sk_test_x').webhooks.constructEvent({
    payload: request.body,
    sigHeader: String(request.headers['workos-signature']),
    secret,
  })
  expect(event).toMatchObject({ event: 'organization.created' })
  await listener.stop()
  const again = startGatehouse(['listen', '--forward-to', sink.url], { env })
  expect(await again.firstLine).toBe(`Webhook secret: ${secret}`)
  await again.stop()
})

test('somebody who names a server that is away is told so, once', async () => {
  const env = { BASE_URL: 'http://localhost:9', GATEHOUSE_API_KEY: 'sk_test_x', GATEHOUSE_DATA: await folderForTest() }
  const listener = startGatehouse(['listen', '--forward-to', 'http://localhost:9/hook'], { env })
  onTestFinished(async () => void (await listener.stop()))
  await listener.firstLine
  await until(async () => /does not answer.*\n/.exec(listener.stderr()) ?? undefined)
  expect((await listener.stop()).code).toBe(0)
  expect(listener.stderr()).toBe('http://localhost:9 does not answer. Waiting for it.\n')
})

test('an address that is something else than a Gatehouse is said to be', async () => {
  const sink = await startSink()
  onTestFinished(() => sink.close())
  const env = { BASE_URL: sink.url, GATEHOUSE_API_KEY: 'sk_test_x' }
  const { code, stderr } = await runGatehouse(['events', 'tail'], { env, folder: await folderForTest() })
  expect([code, stderr]).toEqual([1, expect.stringContaining('it does not seem to be a Gatehouse')])
})

test.each([
  [['listen'], '--forward-to is missing; it must be a URL'],
  [['listen', '--forward-to', 'localhost'], '--forward-to is "localhost"; it must be a URL'],
  [['events', 'tail', '--events', 'organisation.*'], '"organisation.*" is no event. Did you mean "organization.'],
  [['events', 'tail'], 'No server is named'],
])('gatehouse %s says what is missing', async (args, sentence) => {
  const { code, stderr } = await runGatehouse(args, { folder: await folderForTest() })
  expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)])
})
