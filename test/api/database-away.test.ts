import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createApp, type App } from '../../src/app.ts'
import { openDashboard } from '../support/dashboard.ts'
import { type DatabaseLink, openLink } from '../support/database-link.ts'
import { createScimClient, person, refusal, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

/** Makes what the other one is asked about, with a database that stays. */
const server = useTestServer()
let client: ScimClient
let cookie: string

/** Another process of the installation, whose way to the database is the link. */
async function openProcess(): Promise<{ app: App; url: string; link: DatabaseLink }> {
  const link = await openLink(server.db.url)
  const app = await createApp({
    databaseUrl: link.url,
    baseUrl: server.deps.baseUrl,
    secrets: server.deps.secrets,
    development: true,
    logger: false,
    trustProxy: false,
    poolSize: 4,
    clock: server.clock.read,
  })
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.server.address() as AddressInfo // it listens on a port
  return { app, url: `http://127.0.0.1:${port}`, link }
}

beforeAll(async () => {
  client = await createScimClient(server)
  ;({ cookie } = await openDashboard(server))
})

test('a database that is away is answered in the words of each protocol, and with when to come back', async () => {
  const { app, url, link } = await openProcess()
  onTestFinished(async () => {
    await app.close()
    await link.cut()
  })
  const { environment, directory } = client
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      type,
      body: type.includes('json') ? (JSON.parse(text) as unknown) : text,
    }
  }
  const key = { authorization: `Bearer ${environment.apiKey.value}` }
  const json = { ...key, 'content-type': 'application/json' }
  const scim = new URL(directory.endpoint).pathname
  const bearer = { authorization: `Bearer ${directory.bearer_token}`, 'content-type': 'application/scim+json' }
  const grant = new URLSearchParams({
    client_id: environment.client_id,
    client_secret: environment.apiKey.value,
    grant_type: 'authorization_code',
    code: 'unknown',
  })
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'de' }

  const envelope = {
    type: 'application/json; charset=utf-8',
    body: { message: expect.any(String), code: 'unavailable' },
  }
  const oauth = {
    type: 'application/json; charset=utf-8',
    body: { error: 'temporarily_unavailable', error_description: expect.any(String) },
  }
  const inScim = { type: 'application/scim+json', body: expect.objectContaining(refusal(503).body) }
  const page = { type: 'text/html; charset=utf-8', body: expect.stringContaining('Etwas ist schiefgegangen') }
  const cases: readonly (readonly [string, RequestInit, { type: string; body: unknown }])[] = [
    ['/organizations', { headers: key }, envelope],
    [
      '/organizations',
      { method: 'POST', headers: { ...json, 'idempotency-key': 'once' }, body: '{"name":"Away"}' },
      envelope,
    ],
    ['/dashboard/api/session', { headers: { cookie } }, envelope],
    ['/sso/token', { method: 'POST', body: grant }, oauth],
    ['/user_management/authenticate', { method: 'POST', body: grant }, oauth],
    ['/user_management/authorize/device', { method: 'POST', body: grant }, oauth],
    [`${scim}/Users?count=1`, { headers: bearer }, inScim],
    [`${scim}/Users`, { method: 'POST', headers: bearer, body: JSON.stringify(person('a@example.com')) }, inScim],
    [`/sso/authorize?client_id=${environment.client_id}`, { headers: html }, page],
    [`/user_management/authorize?client_id=${environment.client_id}`, { headers: html }, page],
  ]
  const failures = async () =>
    (await Promise.all(cases.map(async ([path, init]) => (await ask(path, init)).status))).filter(
      (status) => status >= 500,
    )
  expect(await failures()).toEqual([])
  const jwks = `/sso/jwks/${environment.client_id}`
  expect(await ask(jwks)).toMatchObject({ status: 200 })

  await link.cut()
  for (const [path, init, expected] of cases)
    expect([path, await ask(path, init)]).toEqual([path, { status: 503, retryAfter: '5', ...expected }])
  expect(await ask(jwks), 'who verifies tokens goes on').toMatchObject({ status: 200 })
  expect(await ask('/healthz')).toMatchObject({ status: 200 })
  expect(await ask('/readyz')).toMatchObject({ status: 503 })

  await link.mend()
  expect(await failures()).toEqual([])
})

test('who has a connection while the server closes is answered, and told that it was the last time', async () => {
  const { app, link } = await openProcess()
  onTestFinished(() => link.cut())
  const { port } = app.server.server.address() as AddressInfo // it listens on a port
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (piece) => (received += piece.toString()))
  const base = new URL(client.directory.endpoint).pathname
  const head = (method: string, path: string, more: readonly string[] = []) =>
    [
      `${method} ${base}${path} HTTP/1.1`,
      'Host: gatehouse.test',
      `Authorization: Bearer ${client.directory.bearer_token}`,
      ...more,
      '\r\n',
    ].join('\r\n')
  const body = JSON.stringify(person('late@example.com'))
  const begun = once(app.server.server, 'request')
  socket.write(head('POST', '/Users', ['Content-Type: application/scim+json', `Content-Length: ${body.length}`]))
  await begun
  const ended = once(socket, 'close')
  const closed = app.close()
  socket.write(body + head('GET', '/Users/unknown'))
  await Promise.all([closed, ended])
  const [first, second] = received.split(/(?=HTTP\/1\.1 )/)
  expect(first).toMatch(/^HTTP\/1\.1 201 .*late@example\.com/s)
  expect(second).toMatch(/^HTTP\/1\.1 404 .*connection: close.*urn:ietf:params:scim:api:messages:2\.0:Error/is)
})
