import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { createEmptyDatabase } from '../support/database.ts'
import { occupyPort, runGatehouse, startGatehouse, statusOf, until } from './gatehouse.ts'

const key = () => randomBytes(32).toString('base64')

async function freePort(): Promise<string> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return String(typeof address === 'object' && address ? address.port : 0)
}

test('every setting that is not safe is named at once', async () => {
  const env = {
    BASE_URL: 'http://sso.example.com',
    GATEHOUSE_ENCRYPTION_KEY: Buffer.from('short').toString('base64'),
    GATEHOUSE_API_KEY: 'sk_test_default',
    GATEHOUSE_DATADOG_INTAKE: 'http://logs.evil.test',
  }
  const { code, stdout, stderr } = await runGatehouse(['start'], { env })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr.split('\n').filter((line) => line.startsWith('  - '))).toEqual([
    expect.stringMatching(/DATABASE_URL is missing/),
    expect.stringMatching(/http:\/\/sso\.example\.com \(BASE_URL\) is http/),
    expect.stringMatching(/has 5 bytes; it must have 32.*\(GATEHOUSE_ENCRYPTION_KEY\)/),
    expect.stringMatching(/GATEHOUSE_API_KEY is set, which is for dev alone/),
    expect.stringMatching(/GATEHOUSE_DATADOG_INTAKE is set, which is for dev alone/),
  ])
})

test('safe settings serve, log JSON, stop with 0, and keep what only the right key opens', async () => {
  const { url: DATABASE_URL } = await createEmptyDatabase()
  const port = await freePort()
  const env = {
    DATABASE_URL,
    BASE_URL: 'https://sso.example.com',
    GATEHOUSE_ENCRYPTION_KEY: key(),
    PORT: port,
    GATEHOUSE_HOST: '127.0.0.1',
  }

  const pending = await runGatehouse(['start', '--no-migrate'], { env })
  expect(pending.code).toBe(2)
  expect(pending.stderr).toMatch(/waits for \d+ migrations, and migrate is off/)

  const server = startGatehouse(['start'], { env })
  onTestFinished(async () => void (await server.stop()))
  await until(async () => ((await statusOf(`http://127.0.0.1:${port}/readyz`)) === 200 ? true : undefined))
  const checked = await runGatehouse(['doctor', '--json'], { env })
  expect([checked.code, (JSON.parse(checked.stdout) as { issues: unknown[] }).issues]).toEqual([0, []])
  const made = await runGatehouse(['environments', 'create', 'Europe', '--kind', 'production', '--json'], { env })
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const europe = JSON.parse(made.stdout) as { id: string; client_id: string }
  expect(europe).toMatchObject({ name: 'Europe', kind: 'production' })
  const listed = await runGatehouse(['environments', 'list', '--json'], { env })
  expect(JSON.parse(listed.stdout)).toContainEqual(europe)
  const created = await runGatehouse(['keys', 'create', 'First', '--environment', 'production', '--json'], { env })
  const { value } = JSON.parse(created.stdout) as { value: string }
  expect(value).toMatch(/^sk_live_/)
  const headers = { authorization: `Bearer ${value}` }
  expect((await fetch(`http://127.0.0.1:${port}/organizations`, { headers })).status).toBe(200)
  expect(await statusOf(`http://127.0.0.1:${port}/test-idp/default/metadata`)).toBe(404)
  const { code, stdout, stderr } = await server.stop()
  expect([code, stderr]).toEqual([0, ''])
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(messages).toEqual(expect.arrayContaining(['migrated', 'ready', 'stopping', 'stopped']))

  const lost = await runGatehouse(['start'], { env: { ...env, GATEHOUSE_ENCRYPTION_KEY: key() } })
  expect(lost.code).toBe(2)
  expect(lost.stderr).toMatch(/was sealed with the encryption key \S+, which is not among the keys given/)

  const young = key()
  const both = { ...env, GATEHOUSE_ENCRYPTION_KEY: `${young},${env.GATEHOUSE_ENCRYPTION_KEY}` }
  expect((await runGatehouse(['secrets', 'rotate'], { env: both })).stdout).toMatch(/^6 sealed again/)
  const alone = { ...env, GATEHOUSE_ENCRYPTION_KEY: young }
  expect((await runGatehouse(['secrets', 'rotate'], { env: alone })).stdout).toMatch(/^0 sealed again/)

  await runGatehouse(['seed', new URL('published-key.yaml', import.meta.url).pathname], { env })
  const known = await runGatehouse(['start'], { env: alone })
  expect([known.code, known.stderr]).toEqual([
    1,
    expect.stringMatching(/Anybody can guess the API key sk_test_default/),
  ])
})

test('a port that is taken', async () => {
  const { url: DATABASE_URL } = await createEmptyDatabase()
  const port = await occupyPort('127.0.0.1')
  const env = { DATABASE_URL, BASE_URL: 'https://sso.example.com', GATEHOUSE_ENCRYPTION_KEY: key() }
  const { code, stderr } = await runGatehouse(['start', '--port', String(port), '--host', '127.0.0.1'], { env })
  expect([code, stderr]).toEqual([3, expect.stringMatching(new RegExp(`^gatehouse: Port ${port} is in use`))])
})

test('a database that is away', async () => {
  const env = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    BASE_URL: 'https://sso.example.com',
    GATEHOUSE_ENCRYPTION_KEY: key(),
  }
  const { code, stderr } = await runGatehouse(['start'], { env })
  expect([code, stderr]).toEqual([2, 'gatehouse: The database cannot be used: connect ECONNREFUSED 127.0.0.1:1\n'])
})
