import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Fetch } from '#test-idp/scim/http-send.ts'
import { startTestIdp } from '#test-idp/test-service-provider.ts'
import { createScimClient, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const running: FastifyInstance[] = []
/** For tests that need nothing of their own: making a key takes a while. */
let shared: FastifyInstance
beforeAll(async () => {
  shared = await startTestIdp({ fetch: globalThis.fetch, origins: ['http://auth.example.com'] })
})
afterEach(async () => {
  for (const idp of running.splice(0)) await idp.close()
})
afterAll(() => shared.close())

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const base = '/test-idp/default/provisioning'

interface AppAnswer {
  readonly id: string
  readonly users: readonly { readonly email: string; readonly state: string; readonly server_id: string | null }[]
  readonly groups: readonly { readonly name: string; readonly server_id: string | null }[]
  readonly log: readonly {
    readonly path: string
    readonly request: string
    readonly status: number
    readonly answer: string
  }[]
}

interface ActionAnswer {
  readonly outcome: { readonly passed: boolean; readonly requests: number; readonly faults: readonly string[] }
  readonly app: AppAnswer
}

async function start(options: Parameters<typeof startTestIdp>[0] = {}): Promise<FastifyInstance> {
  const idp = await startTestIdp({ fetch: globalThis.fetch, ...options })
  running.push(idp)
  return idp
}

const endpointOf = ({ directory }: ScimClient) => server.url + new URL(directory.endpoint).pathname

interface Connected {
  readonly idp: FastifyInstance
  readonly client: ScimClient
  readonly path: string
  act(fields: Record<string, string>): Promise<ActionAnswer>
}

/** An app that sends to a directory of its own, driven as a program drives it. */
async function connect(as = 'okta', options?: Parameters<typeof start>[0]): Promise<Connected> {
  const [idp, client] = [options ? await start(options) : shared, await createScimClient(server)]
  const payload = { name: 'Acme', as, endpoint: endpointOf(client), token: client.directory.bearer_token }
  const created = await idp.inject({ method: 'POST', url: base, payload })
  expect(created.statusCode).toBe(201)
  const path = `${base}/${created.json<AppAnswer>().id}`
  return {
    idp,
    client,
    path,
    async act(fields) {
      const done = await idp.inject({ method: 'POST', url: `${path}/actions`, payload: fields })
      expect([done.statusCode, done.body]).toEqual([200, expect.any(String)])
      return done.json<ActionAnswer>()
    },
  }
}

const names = async (client: ScimClient) => (await client.log()).map(({ event }) => event)

describe('by forms, as somebody in front of a browser', () => {
  test('an app is created, tested, and its people and groups live at the server', async () => {
    const [idp, client] = [shared, await createScimClient(server)]
    const post = (url: string, fields: Record<string, string>) =>
      idp.inject({ method: 'POST', url, headers: form, payload: new URLSearchParams(fields).toString() })
    const created = await post(base, {
      name: 'Acme’s app',
      as: 'okta',
      endpoint: `${endpointOf(client)}/`,
      token: client.directory.bearer_token ?? '',
    })
    expect(created.statusCode).toBe(303)
    const path = String(created.headers.location)
    const page = async () => (await idp.inject(path)).body
    const act = async (fields: Record<string, string>) => {
      expect((await post(`${path}/actions`, fields)).statusCode).toBe(303)
      return page()
    }

    expect((await post(`${path}/test`, {})).headers.location).toBe(path)
    expect(await page()).toContain('Test API credentials: done')
    for (const user of ['8931', 'todd@example.com', 'jacob.morris@example.com']) await act({ action: 'assign', user })
    expect(await page()).toContain('Assign Jacob Morris: done')
    await act({ action: 'push', group: 'Engineering' })
    await act({ action: 'rename', group: 'Engineering', name: 'Engineers' })
    await act({ action: 'remove-member', group: 'Engineers', user: '8931' })
    await act({ action: 'title', user: '8931', title: 'Lead Engineer' })
    await act({ action: 'deactivate', user: '8931' })
    await act({ action: 'reactivate', user: '8931' })
    await act({ action: 'unassign', user: 'todd@example.com' })
    await act({ action: 'assign', user: 'todd@example.com' })
    await act({ action: 'unlink', group: 'Engineers' })
    expect(await page()).toContain('Delete Engineers at the server: done')

    expect(await names(client)).toEqual([
      'dsync.activated',
      ...Array<string>(3).fill('dsync.user.created'),
      'dsync.group.created',
      ...Array<string>(2).fill('dsync.group.user_added'),
      'dsync.group.updated',
      'dsync.group.user_removed',
      'dsync.user.updated',
      ...['dsync.user.deleted', 'dsync.user.created'],
      ...['dsync.user.deleted', 'dsync.user.created', 'dsync.group.user_added'],
      'dsync.group.deleted',
    ])
    const updated = (await client.log()).find(({ event }) => event === 'dsync.user.updated')
    expect(updated?.data).toMatchObject({ job_title: 'Lead Engineer', previous_attributes: { job_title: 'Engineer' } })
  })

  test('what cannot be taken is said at its field, and the token is not put back', async () => {
    const idp = await start()
    const payload = new URLSearchParams({ name: '', as: 'okta', endpoint: 'http://localhost:1/x', token: 'se cret' })
    const refused = await idp.inject({ method: 'POST', url: base, headers: form, payload: payload.toString() })
    expect(refused.statusCode).toBe(422)
    expect(refused.body).toContain('aria-describedby="token-hint token-error"')
    expect(refused.body).toContain('value="http://localhost:1/x"')
    expect(refused.body).not.toContain('se cret')
  })
})

describe('as JSON, for CI', () => {
  test('each action answers with what the server did wrong, and with the app as it is then', async () => {
    const { act, client } = await connect()
    const { outcome, app } = await act({ action: 'assign', user: 'lela.block@example.com' })
    expect(outcome).toEqual({ action: 'Assign Lela Block', passed: true, requests: 2, faults: [] })
    expect(app.users[0]).toMatchObject({ email: 'lela.block@example.com', state: 'active' })
    const { body } = await client.send('GET', `/Users/${app.users[0]?.server_id}`)
    expect(body).toMatchObject({ userName: 'lela.block@example.com', externalId: '8931', title: 'Engineer' })
  })

  test('a group that was pushed gets a member who is assigned later', async () => {
    const { act, client } = await connect('entra')
    await act({ action: 'push', group: 'Engineering' })
    await act({ action: 'assign', user: 'todd@example.com' })
    expect((await names(client)).slice(1)).toEqual([
      'dsync.group.created',
      'dsync.user.created',
      'dsync.group.user_added',
    ])
  })

  test.each([
    ['a person who is not assigned', { action: 'deactivate', user: '8931' }, 409, 'not_assigned'],
    ['a person nobody knows', { action: 'assign', user: 'nobody' }, 422, 'unknown_user'],
    ['a group nobody knows', { action: 'push', group: 'nothing' }, 422, 'unknown_group'],
    ['a group that is not pushed', { action: 'unlink', group: 'Admins' }, 409, 'not_pushed'],
    ['no action', {}, 422, 'unknown_action'],
    ['an action of every object', { action: 'constructor', user: '8931' }, 422, 'unknown_action'],
    ['a name that is too long', { action: 'rename', group: 'Admins', name: 'x'.repeat(201) }, 422, 'invalid_fields'],
  ])('%s is refused', async (_what, payload, status, code) => {
    const { idp, path, client } = await connect()
    const refused = await idp.inject({ method: 'POST', url: `${path}/actions`, payload })
    expect([refused.statusCode, refused.json()]).toMatchObject([status, { code }])
    expect(await names(client)).toEqual([])
  })

  test('Okta never deletes people, PingFederate does', async () => {
    const okta = await connect('okta')
    await okta.act({ action: 'assign', user: '8931' })
    const refused = await okta.idp.inject({
      method: 'POST',
      url: `${okta.path}/actions`,
      payload: { action: 'delete', user: '8931' },
    })
    expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'never_deletes' }])
    expect((await okta.idp.inject(okta.path)).body).not.toContain('value="delete"')

    const ping = await connect('ping')
    await ping.act({ action: 'assign', user: '8931' })
    const { app } = await ping.act({ action: 'unassign', user: '8931' })
    expect(app.users[0]).toMatchObject({ state: 'not assigned', server_id: null })
    expect((await names(ping.client)).at(-1)).toBe('dsync.user.deleted')
  })

  test('an app that is removed is gone, and what it created stays', async () => {
    const { act, idp, path, client } = await connect()
    await act({ action: 'assign', user: '8931' })
    expect((await idp.inject({ method: 'POST', url: `${path}/remove`, payload: {} })).statusCode).toBe(204)
    expect((await idp.inject({ url: path, headers: { accept: 'application/json' } })).json()).toMatchObject({
      code: 'unknown_app',
    })
    expect((await client.send('GET', '/Users')).body.totalResults).toBe(1)
  })
})

describe('the token', () => {
  const token = 'very.secret-token_1234'
  /** A server that says everything it hears. */
  const parrot: Fetch = async (_url, { headers }) =>
    Response.json({ heard: headers, token }, { status: 400, headers: { 'x-heard': `Bearer ${token}` } })

  test('is sent, and shown nowhere: no page, no answer, no log', async () => {
    const heard: unknown[] = []
    const idp = await start({
      fetch: (url, init) => {
        heard.push(new Headers(init.headers).get('authorization'))
        return parrot(url, init)
      },
    })
    const payload = { name: 'Parrot', as: 'okta', endpoint: 'http://127.0.0.1:9/scim', token }
    const answers: LightMyRequestResponse[] = [await idp.inject({ method: 'POST', url: base, payload })]
    const path = `${base}/${answers[0]?.json<AppAnswer>().id}`
    answers.push(await idp.inject({ method: 'POST', url: `${path}/test`, payload: {} }))
    answers.push(
      await idp.inject({ method: 'POST', url: `${path}/actions`, payload: { action: 'assign', user: '8931' } }),
    )
    for (const url of [base, path])
      for (const accept of ['text/html', 'application/json'])
        answers.push(await idp.inject({ url, headers: { accept } }))
    expect(heard).toEqual(Array(2).fill(`Bearer ${token}`))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 200, 200, 200, 200, 200, 200])
    for (const { body } of answers) expect(body).not.toContain(token)
    expect(answers.at(-1)?.json<AppAnswer>().log[0]?.answer).toContain('x-heard: Bearer ***')
  })

  test('that is wrong is refused by the server, and the right one takes its place', async () => {
    const { idp, path, client } = await connect()
    const replace = (value: string) =>
      idp.inject({ method: 'POST', url: `${path}/credentials`, payload: { token: value } })
    const check = async () =>
      (await idp.inject({ method: 'POST', url: `${path}/test`, payload: {} })).json<ActionAnswer>()
    expect((await check()).outcome.passed).toBe(true)
    expect((await replace('wrong')).statusCode).toBe(200)
    const { outcome, app } = await check()
    expect(outcome).toMatchObject({
      passed: false,
      requests: 1,
      faults: [expect.stringContaining('The token is taken')],
    })
    expect(app.log[0]).toMatchObject({ status: 401 })
    await replace(client.directory.bearer_token ?? '')
    expect((await check()).outcome.passed).toBe(true)
    expect((await replace('two words')).statusCode).toBe(422)
  })
})

describe('the way out', () => {
  const endpoints = (origin: string) => `${origin}/scim/v2`
  const create = (idp: FastifyInstance, endpoint: string) =>
    idp.inject({ method: 'POST', url: base, payload: { name: 'x', as: 'okta', endpoint, token: 'x' } })

  test.each([
    'https://scim.example.com',
    'http://169.254.169.254',
    'http://10.0.0.1',
    'http://[::ffff:10.0.0.1]',
    'http://0.0.0.0',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://printer.localhost',
    'http://user@localhost',
    'file:///etc',
    'javascript:alert(1)//',
    'http://auth.example.com.evil.example',
  ])('does not lead to %s', async (origin) => {
    const refused = await create(shared, endpoints(origin))
    expect([refused.statusCode, refused.json()]).toMatchObject([422, { errors: [{ field: 'endpoint' }] }])
  })

  test.each(['http://localhost:4100', 'http://127.0.0.1:4100', 'http://[::1]:4100', 'http://auth.example.com'])(
    'leads to %s',
    async (origin) => {
      expect((await create(shared, endpoints(origin))).statusCode).toBe(201)
    },
  )

  test.each(['/Users', '/Groups', '/users'])('says what is too much of an endpoint: %s', async (end) => {
    const refused = await create(shared, `${endpoints('http://localhost:1')}${end}`)
    expect(refused.json()).toMatchObject({ errors: [{ field: 'endpoint', message: /Leave out/ }] })
  })

  test('is not taken by forms of other sites', async () => {
    let calls = 0
    const counting: Fetch = (url, init) => {
      calls += 1
      return fetch(url, init)
    }
    const { idp, path } = await connect('okta', { fetch: counting })
    const headers = { ...form, 'sec-fetch-site': 'cross-site' }
    for (const url of [base, `${path}/test`, `${path}/credentials`, `${path}/actions`, `${path}/remove`]) {
      const refused = await idp.inject({ method: 'POST', url, headers, payload: 'action=assign&user=8931&token=x' })
      expect([url, refused.statusCode]).toEqual([url, 403])
    }
    expect(calls).toBe(0)
    expect((await idp.inject(path)).statusCode).toBe(200)
  })

  test('ends: there are only so many apps', async () => {
    const idp = await start()
    for (let index = 0; index < 20; index += 1)
      expect((await create(idp, endpoints('http://localhost:1'))).statusCode).toBe(201)
    const refused = await create(idp, endpoints('http://localhost:1'))
    expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'too_many_apps' }])
  })
})

describe('with a folder', () => {
  async function folderForTest(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-apps-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    return folder
  }

  test('an app is there again after a restart with all it knows; its file is for the owner alone', async () => {
    const folder = await folderForTest()
    const { act, path, client } = await connect('okta', { folder })
    await act({ action: 'assign', user: '8931' })
    await act({ action: 'title', user: '8931', title: 'Boss' })
    await act({ action: 'push', group: 'Engineering' })
    const [file = ''] = await readdir(join(folder, 'provisioning'))
    const { mode } = await stat(join(folder, 'provisioning', file))
    expect(mode & 0o777).toBe(0o600)

    const again = await start({ folder })
    const { statusCode, body } = await again.inject({
      method: 'POST',
      url: `${path}/actions`,
      payload: { action: 'deactivate', user: '8931' },
    })
    expect(statusCode).toBe(200)
    const { outcome, app } = JSON.parse(body) as ActionAnswer // the test compares it
    expect(outcome).toMatchObject({ passed: true, faults: [] })
    expect(app).toMatchObject({ users: [{ title: 'Boss', state: 'inactive' }, {}, {}, {}, {}] })
    expect((await names(client)).at(-1)).toBe('dsync.user.deleted')
  })

  test('an app whose place is no longer allowed calls nobody', async () => {
    const folder = await folderForTest()
    const calls: string[] = []
    const counting: Fetch = async (url) => {
      calls.push(url)
      return new Response(null, { status: 204 })
    }
    const options = { folder, fetch: counting }
    const before = await start({ ...options, origins: ['http://auth.example.com'] })
    const payload = { name: 'x', as: 'onelogin', endpoint: 'http://auth.example.com/scim', token: 'x' }
    const created = await before.inject({ method: 'POST', url: base, payload })
    const path = `${base}/${created.json<AppAnswer>().id}/test`
    await before.inject({ method: 'POST', url: path, payload: {} })
    expect(calls).toHaveLength(1)
    const after = await start(options)
    const tested = await after.inject({ method: 'POST', url: path, payload: {} })
    expect(tested.json<ActionAnswer>().outcome.faults.join(' ')).toContain('this tool calls this machine alone')
    expect(calls).toHaveLength(1)
  }, 30_000)

  test('the file goes with the app', async () => {
    const folder = await folderForTest()
    const { idp, path } = await connect('okta', { folder })
    await idp.inject({ method: 'POST', url: `${path}/remove`, payload: {} })
    expect(await readdir(join(folder, 'provisioning'))).toEqual([])
  })

  test.each([
    ['is no JSON', () => 'x'],
    ['calls another scheme', (text: string) => text.replace('"http://', '"ftp://')],
    ['has a token with a line break', (text: string) => text.replace(/"token": "[^"]*"/, String.raw`"token": "a\nb"`)],
  ])('a file that %s stops the start, and is named with a way out', async (_what, spoil) => {
    const folder = await folderForTest()
    await connect('okta', { folder })
    const [file = ''] = await readdir(join(folder, 'provisioning'))
    const path = join(folder, 'provisioning', file)
    await writeFile(path, spoil(await readFile(path, 'utf8')))
    await expect(start({ folder })).rejects.toThrow(`Cannot read ${path}`)
  })
})
