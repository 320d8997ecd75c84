import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** Every Node on PATH: the project's own, and an older one where the machine has it, because customers' apps do. */
const nodes = await Promise.all(
  [
    ...new Set([
      process.execPath,
      ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node')),
    ]),
  ]
    .filter((path) => existsSync(path))
    .map(async (path) => [(await run(path, ['--version'])).stdout.trim(), path] as const),
)
const byVersion = [...new Map(nodes)]

const clients = {
  CommonJS: "const { WorkOS } = require('@workos-inc/node')",
  ESM: "import { WorkOS } from '@workos-inc/node'",
}
const extensions = { CommonJS: 'cjs', ESM: 'mjs' }

/** Says where a client points and what a call brings: one line of JSON, so that the tests read facts, not text. */
const report = `
const urls = (workos) => ({
  authorize: workos.sso.getAuthorizationUrl({ organization: 'org_test_idp', redirectUri: 'http://localhost:3000/callback', clientId: 'client_1' }),
  authkit: workos.userManagement.getAuthorizationUrl({ provider: 'authkit', redirectUri: 'http://localhost:3000/callback', clientId: 'client_1' }),
  jwks: workos.userManagement.getJwksUrl('client_1'),
})
const call = (workos) => workos.organizations.listOrganizations().then(
  (list) => ({ names: list.data.map((organization) => organization.name) }),
  (error) => ({ name: error.name, message: error.message, cause: error.cause?.message }),
)
const print = (value) => console.log(JSON.stringify(value))
`
const aClient = `const workos = new WorkOS('sk_test_register', { clientId: 'client_1' })`

const requests: IncomingMessage[] = []
const server = createServer((request, response) => {
  requests.push(request)
  const data = [{ object: 'organization', id: 'org_1', name: 'Acme', domains: [], metadata: {} }]
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ object: 'list', data, list_metadata: { before: null, after: null } }))
})

let folder: string
let url: string
let deadUrl: string

beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), 'gatehouse-register-'))
  for (const major of [7, 8, 11]) {
    await mkdir(join(folder, String(major), 'node_modules/@workos-inc'), { recursive: true })
    await symlink(
      await realpath(join(root, `node_modules/workos-${major}`)),
      join(folder, String(major), 'node_modules/@workos-inc/node'),
    )
    await symlink(root, join(folder, String(major), 'node_modules/gatehouse'))
  }
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  url = `http://localhost:${port(server)}`
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, 'localhost', resolve))
  deadUrl = `http://localhost:${port(closed)}`
  await new Promise((resolve) => closed.close(resolve))
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => void requests.splice(0))

function port(listening: typeof server): number {
  // A server that listens on TCP has an address object; only pipes have text.
  return (listening.address() as AddressInfo).port
}

/** Runs a file of an app that has the given SDK installed, with nothing but `--import gatehouse/register` added. */
async function start(
  node: string,
  major: number,
  name: string,
  source: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const file = join(folder, String(major), name)
  await writeFile(file, source)
  const options = { cwd: join(folder, String(major)), env: { GATEHOUSE_URL: url, ...env } }
  const { stdout } = await run(node, ['--import', 'gatehouse/register', file], options)
  return JSON.parse(stdout)
}

describe.each(byVersion)('Node %s', (_version, node) => {
  describe.each([7, 8, 11])('SDK %i', (major) => {
    test.each(['CommonJS', 'ESM'] as const)(
      'an unmodified %s app gets its links, keys and answers from us',
      async (kind) => {
        const source = `${clients[kind]}\n${report}\n${aClient}\ncall(workos).then((answer) => print({ ...urls(workos), answer }))`
        const vendorVariables = {
          GATEHOUSE_URL: '',
          WORKOS_API_HOSTNAME: 'localhost',
          WORKOS_API_PORT: String(port(server)),
          WORKOS_API_HTTPS: 'false',
        }
        const facts = await start(node, major, `app.${extensions[kind]}`, source, vendorVariables)
        expect(facts).toEqual({
          authorize: expect.stringMatching(`^${url}/sso/authorize\\?client_id=client_1&organization=org_test_idp&`),
          authkit: expect.stringMatching(`^${url}/user_management/authorize\\?client_id=client_1&provider=authkit&`),
          jwks: `${url}/sso/jwks/client_1`,
          answer: { names: ['Acme'] },
        })
        expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk_test_register'])
        expect(requests[0]?.headers['user-agent']).toMatch(`workos-node/${major}.`)
      },
    )
  })

  test.each(['CommonJS', 'ESM'] as const)(
    'a %s app that names a host keeps it, and keeps the SDK’s own errors',
    async (kind) => {
      const own = `const workos = new WorkOS('sk_test_register', { apiHostname: 'localhost', port: ${new URL(deadUrl).port}, https: false, maxRetries: 0 })`
      const source = `${clients[kind]}\n${report}\n${own}\ncall(workos).then((answer) => print({ ...urls(workos), answer }))`
      const facts = await start(node, 11, `own-host.${extensions[kind]}`, source)
      expect(facts).toMatchObject({
        authorize: expect.stringMatching(`^${deadUrl}/sso/authorize`),
        answer: { name: 'Error', message: 'Unexpected error: TypeError: fetch failed' },
      })
      expect(requests).toEqual([])
    },
  )

  test.each([7, 8, 11])('SDK %i says that nothing is listening and how to change it', async (major) => {
    const source = `${clients.ESM}\n${report}\nconst workos = new WorkOS('sk_test_register', { maxRetries: 0 })\ncall(workos).then(print)`
    expect(await start(node, major, 'refused.mjs', source, { GATEHOUSE_URL: deadUrl })).toEqual({
      name: 'NothingListening',
      message: `Nothing is listening on ${deadUrl} — run \`gatehouse dev\``,
      cause: 'fetch failed',
    })
  })

  test('an ESM app may import SDK 7 as a default export', async () => {
    const source = `import sdk from '@workos-inc/node'\n${report}\nconst workos = new sdk.WorkOS('sk_test_register')\nprint(urls(workos))`
    expect(await start(node, 7, 'default.mjs', source)).toMatchObject({ jwks: `${url}/sso/jwks/client_1` })
  })

  test.each([8, 11])('createWorkOS of SDK %i is repointed too', async (major) => {
    const source = `import { createWorkOS } from '@workos-inc/node'\n${report}\ncall(createWorkOS({ apiKey: 'sk_test_register' })).then(print)`
    expect(await start(node, major, 'create.mjs', source)).toEqual({ names: ['Acme'] })
  })

  test.each(['CommonJS', 'ESM'] as const)('the worker build is repointed in a %s app', async (kind) => {
    const source = `${clients[kind].replace('/node', '/node/worker')}\n${report}\n${aClient}\ncall(workos).then(print)`
    expect(await start(node, 11, `worker.${extensions[kind]}`, source)).toEqual({ names: ['Acme'] })
  })

  test('an app may mix require() and import', async () => {
    const source = `${clients.CommonJS}\n${report}\nimport('@workos-inc/node').then((esm) => print([WorkOS, esm.WorkOS].map((Client) => urls(new Client('sk_test_register')).jwks.replace('client_1', ''))))`
    expect(await start(node, 11, 'mixed.cjs', source)).toEqual([`${url}/sso/jwks/`, `${url}/sso/jwks/`])
  })

  test.each(['CommonJS', 'ESM'] as const)(
    'a %s app with an SDK we do not know stops, rather than send our key to the cloud',
    async (kind) => {
      const installed = join(folder, 'unknown', 'node_modules/@workos-inc/node')
      await mkdir(installed, { recursive: true })
      await symlink(root, join(folder, 'unknown/node_modules/gatehouse')).catch(() => undefined)
      const exports = { require: './index.cjs', import: './index.mjs' }
      await writeFile(join(installed, 'package.json'), JSON.stringify({ name: '@workos-inc/node', exports }))
      await writeFile(join(installed, 'index.cjs'), 'exports.WorkOS = class WorkOS {}')
      await writeFile(join(installed, 'index.mjs'), 'export class WorkOS {}')
      const file = join(folder, 'unknown', `app.${extensions[kind]}`)
      await writeFile(file, `${clients[kind]}\nconsole.log('went on')`)
      const failure: unknown = await run(node, ['--import', 'gatehouse/register', file], {
        cwd: join(folder, 'unknown'),
        env: { GATEHOUSE_URL: url },
      }).catch((error: unknown) => error)
      expect(failure).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('does not know this version'),
      })
    },
  )
})
