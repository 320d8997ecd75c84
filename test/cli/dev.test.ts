import { readFile, stat, writeFile } from 'node:fs/promises'
import { connect, isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  type Dev,
  folderForTest,
  occupyPort,
  runGatehouse,
  startDev,
  statusOf,
  temporaryFolder,
  until,
} from './gatehouse.ts'

/** Containers often have no IPv6. */
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)
const loopbacks = ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])]

describe('a machine that runs dev', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let dev: Dev
  beforeAll(async () => {
    folder = await temporaryFolder()
    dev = await startDev(folder.path)
  })
  afterAll(async () => {
    await dev.stop()
    await folder.remove()
  })

  const api = (path: string, init: RequestInit = {}) =>
    fetch(dev.url + path, {
      ...init,
      headers: { authorization: `Bearer ${dev.apiKey}`, 'content-type': 'application/json' },
    })
  const postgres = async () =>
    Number((await readFile(join(folder.path, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])

  test('programs are told what they need, and nothing else', () => {
    expect(dev.line).toEqual({
      url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      apiKey: expect.stringMatching(/^sk_test_/),
      clientId: expect.stringMatching(/^client_/),
      health: `${dev.url}/healthz`,
      pid: dev.pid,
    })
  })

  test('every loopback address answers, and no other does', async () => {
    const { port } = new URL(dev.url)
    for (const host of loopbacks)
      expect(await statusOf(`http://${host.includes(':') ? `[${host}]` : host}:${port}/readyz`)).toBe(200)
    expect(await statusOf(`http://127.0.0.2:${port}/readyz`)).toBe(undefined)
  })

  test('there is an organization to sign in to, with an address to come back to', async () => {
    const organization = (await (await api('/organizations/org_test_idp')).json()) as { domains: unknown[] }
    expect(organization.domains).toEqual([expect.objectContaining({ domain: 'example.com', state: 'verified' })])
    expect(await (await api('/connections/conn_test_idp')).json()).toMatchObject({ connection_type: 'TestIdp' })
    const uris = (await (await api('/user_management/redirect_uris')).json()) as { data: unknown[] }
    expect(uris.data).toEqual([expect.objectContaining({ uri: 'http://localhost:3000/callback', default: true })])
  })

  test('what it keeps can be read by its owner alone', async () => {
    for (const name of ['encryption.key', 'api-keys.json', 'running.json', 'postgres-password'])
      expect([name, (await stat(join(folder.path, name))).mode & 0o077]).toEqual([name, 0])
  })

  test('a second one on the same data is refused, and told where the first is', async () => {
    const { code, stdout, stderr } = await runGatehouse(['dev', '--json', '--port', '0', '--data', folder.path])
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(
      new RegExp(`^gatehouse: Another Gatehouse \\(process ${dev.pid}\\) .* serves ${dev.url}\\..*\\n$`),
    )
  })

  test('other commands use its database while it runs', async () => {
    const created = await runGatehouse(['keys', 'create', 'CI', '--json', '--data', folder.path])
    const { value } = JSON.parse(created.stdout) as { value: string }
    const answer = await fetch(`${dev.url}/organizations`, { headers: { authorization: `Bearer ${value}` } })
    expect(answer.status).toBe(200)
  })

  test('a seed is planned, applied, and then as described', async () => {
    const file = join(await folderForTest(), 'seed.yaml')
    await writeFile(
      file,
      'groups: []\norganizations: [{ id: org_acme, name: Acme, domains: [acme.test] }]\nconnections: [{ id: conn_acme, organization: Acme }]\n',
    )
    const seed = async (...flags: string[]) => runGatehouse(['seed', file, '--data', folder.path, ...flags])
    const planned = await seed('--dry-run')
    expect(planned.stdout).toMatch(
      /\+ organization Acme\n +\+ domain acme.test \(verified\)\n +\+ connection GenericSAML/,
    )
    expect((await api('/organizations/org_acme')).status).toBe(404)
    const applied = await seed()
    expect(applied.stdout).toMatch(/2 made, 0 changed, 0 as described\nleft out line 1: groups/)
    expect((await api('/connections/conn_acme')).status).toBe(200)
    expect((await seed()).stdout).toMatch(/0 made, 0 changed, 2 as described/)
  })

  test('when PostgreSQL is killed it comes back by itself', async () => {
    const killed = await postgres()
    process.kill(killed, 'SIGKILL')
    await until(async () => ((await postgres().catch(() => killed)) === killed ? undefined : true))
    await until(async () => ((await statusOf(`${dev.url}/readyz`)) === 200 ? true : undefined))
    expect((await api('/organizations/org_test_idp')).status).toBe(200)
  })
})

describe('stopping', () => {
  test('finishes requests in flight, exits with 0, and the next start has the same key and data', async () => {
    const data = await folderForTest()
    const first = await startDev(data)
    const { port } = new URL(first.url)
    const begin = (host: string) => {
      const body = JSON.stringify({ name: `In flight by ${host}` })
      const socket = connect(Number(port), host)
      let answer = ''
      socket.on('data', (chunk) => (answer += chunk.toString()))
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      socket.write(
        `POST /organizations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${first.apiKey}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
      )
      return async () => {
        socket.write(body.slice(5))
        await closed
        return answer
      }
    }
    const finish = loopbacks.map(begin)
    // Later requests were answered, so the half ones before them have arrived.
    for (const host of loopbacks)
      expect(await statusOf(`http://${isIPv6(host) ? `[${host}]` : host}:${port}/healthz`)).toBe(200)
    first.signal('SIGTERM')
    await until(async () => ((await statusOf(`${first.url}/healthz`)) === undefined ? true : undefined))
    // The last one finds everything still there, also when the others have left long ago.
    for (const end of finish) {
      await sleep(500)
      expect(await end()).toMatch(/^HTTP\/1\.1 201 /)
    }
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' })

    const second = await startDev(data)
    onTestFinished(async () => void (await second.stop()))
    expect([second.apiKey, second.clientId]).toEqual([first.apiKey, first.clientId])
    const list = await fetch(`${second.url}/organizations`, { headers: { authorization: `Bearer ${second.apiKey}` } })
    const listed = await list.text()
    for (const host of loopbacks) expect(listed).toContain(`In flight by ${host}`)
  })

  test('while starting ends it as well', async () => {
    const data = await folderForTest()
    const starting = startDev(data)
    await until(async () => ((await stat(join(data, 'lock')).catch(() => undefined)) ? true : undefined))
    const pid = Number((await readFile(join(data, 'lock'), 'utf8')).split(' ')[0])
    process.kill(pid, 'SIGTERM')
    await expect(starting).rejects.toThrow(/ended with 0/)
  })
})

describe('what keeps dev from starting', () => {
  test.each(loopbacks)('another program on the port of %s', async (host) => {
    const port = await occupyPort(host)
    const { code, stderr } = await runGatehouse(['dev', '--port', String(port), '--data', await folderForTest()])
    expect([code, stderr]).toEqual([
      3,
      `gatehouse: Port ${port} is in use by another program. Stop it, or choose another port with --port.\n`,
    ])
  })

  test('a data folder that is none', async () => {
    const path = join(await folderForTest(), 'file')
    await writeFile(path, '')
    const { code, stderr } = await runGatehouse(['dev', '--port', '0', '--data', path])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^gatehouse: The data folder .* cannot be used: .*choose another with --data\.\n$/)
  })

  test('a key file that others can read', async () => {
    const data = await folderForTest()
    const path = join(data, 'encryption.key')
    await writeFile(path, `${'ab'.repeat(32)}\n`, { mode: 0o644 })
    const { code, stderr } = await runGatehouse(['dev', '--port', '0', '--data', data])
    expect([code, stderr]).toEqual([2, `gatehouse: ${path} can be read by others. Run: chmod 600 ${path}\n`])
  })

  test.each([
    ['an address for others', { GATEHOUSE_HOST: '0.0.0.0' }, /cannot listen on 0\.0\.0\.0\. Use "gatehouse start"/],
    ['a production key pinned for development', { GATEHOUSE_API_KEY: 'sk_live_12345678' }, /not with sk_live_/],
  ])('%s', async (_what, env, message) => {
    const { code, stderr } = await runGatehouse(['dev', '--port', '0', '--data', await folderForTest()], { env })
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })
})
