import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderForTest, occupyPort, runGatehouse } from './gatehouse.ts'

describe('what was typed wrong is answered with what was meant', () => {
  test.each([
    [['dve'], '"dve" is not a command. Did you mean "gatehouse dev"? See gatehouse help.'],
    [['dev', '--prot', '1'], '--prot is not a flag of "gatehouse dev". Did you mean --port?'],
    [['dev', '--port', '--json'], '--port needs a value.'],
    [['migrate', '--port', '1'], '--port is not a flag of "gatehouse migrate". Did you mean --'],
    [['seed'], 'Something is missing after "gatehouse seed". Usage: gatehouse seed FILE'],
    [['keys', 'lst'], '"lst" is not known here. Did you mean "gatehouse keys list"?'],
    [['environments', 'lst'], '"lst" is not known here. Did you mean "gatehouse environments list"?'],
    [['environments', 'create'], 'Usage: gatehouse environments create NAME'],
    [['config', 'show'], '"show" is not known here. Did you mean "gatehouse config print"?'],
    [['migrate'], 'There is no database in .gatehouse. Run "gatehouse dev" to make one, or set DATABASE_URL.'],
    [['seed', 'no.yaml'], 'The seed file no.yaml cannot be read:'],
  ])('gatehouse %s', async (args, sentence) => {
    const { code, stdout, stderr } = await runGatehouse(args, { folder: await folderForTest() })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.slice(0, `gatehouse: ${sentence}`.length)).toBe(`gatehouse: ${sentence}`)
  })

  test('a key in the file', async () => {
    const folder = await folderForTest()
    await writeFile(join(folder, 'gatehouse.config.yaml'), '# ours\nlog_level: info\nprot: 4101\n')
    const { code, stderr } = await runGatehouse(['config', 'print'], { folder })
    expect([code, stderr]).toEqual([
      1,
      'gatehouse: gatehouse.config.yaml:3 "prot" is not a setting. Did you mean "port"?\n',
    ])
  })
})

test('a command that nothing goes on for does not end as if it were done', async () => {
  // A connection that is never made, and clocks that nobody waits for.
  const stuck = `import net from 'node:net'
    net.Socket.prototype.connect = function () { return this }
    const { setTimeout } = globalThis
    globalThis.setTimeout = (...given) => setTimeout(...given).unref()`
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }
  const nodeFlags = ['--import', `data:text/javascript,${encodeURIComponent(stuck)}`]
  const { code, stdout, stderr } = await runGatehouse(['environments', 'list', '--json'], { env, nodeFlags })
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('It ended before it was done.')])
})

test('config print shows each value and where it came from, without its secrets', async () => {
  const folder = await folderForTest()
  await writeFile(join(folder, 'gatehouse.config.yaml'), 'example_port: 3001\n')
  const env = { DATABASE_URL: 'postgres://me:hush@host/db', GATEHOUSE_ENCRYPTION_KEY: 'hush', PORT: '' }
  const { code, stdout } = await runGatehouse(['config', 'print', '--json', '--port', '4101'], { folder, env })
  expect(code).toBe(0)
  expect(stdout).not.toContain('hush')
  expect(JSON.parse(stdout)).toMatchObject({
    file: join(folder, 'gatehouse.config.yaml'),
    settings: {
      port: { value: '4101', origin: '--port' },
      database_url: { value: 'postgres://me:***@host/db', origin: 'DATABASE_URL' },
      encryption_key: { value: '***', origin: 'GATEHOUSE_ENCRYPTION_KEY' },
      example_port: { value: '3001', origin: 'gatehouse.config.yaml:1' },
      pool_size: { value: '10', origin: 'default' },
    },
  })
})

test('doctor names what is wrong by code, with a way out, and exits with 2', async () => {
  const folder = await folderForTest()
  const data = join(folder, '.gatehouse')
  await mkdir(data)
  await writeFile(join(data, 'encryption.key'), 'x')
  await chmod(join(data, 'encryption.key'), 0o644)
  const PORT = String(await occupyPort('127.0.0.1'))
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing', BASE_URL: 'http://localhost:4100', PORT }
  const { code, stdout } = await runGatehouse(['doctor', '--json'], { folder, env })
  expect(code).toBe(2)
  const { issues } = JSON.parse(stdout) as { issues: { code: string; severity: string; fix: string }[] }
  expect(issues.map((issue) => `${issue.severity} ${issue.code}`).toSorted()).toEqual([
    'error DB_UNREACHABLE',
    'error KEY_FILE_READABLE',
    'warning BASE_URL_NOT_PUBLIC',
    'warning PORT_IN_USE',
  ])
  expect(issues.find((issue) => issue.code === 'KEY_FILE_READABLE')?.fix).toBe('chmod 600 .gatehouse/encryption.key')
})

test('reset wants to be sure', async () => {
  const folder = await folderForTest()
  await mkdir(join(folder, '.gatehouse', 'postgres'), { recursive: true })
  const { code, stderr } = await runGatehouse(['reset'], { folder })
  expect([code, stderr]).toEqual([
    1,
    'gatehouse: This deletes the data in .gatehouse. Add --yes to do it without being asked.\n',
  ])
})

describe('an old Node', () => {
  const pretending = (version: string) =>
    `data:text/javascript,Object.defineProperty(process,'version',{value:'${version}'})`
  const pretend = pretending('v18.0.0')

  test('starts the one that came with the package', async () => {
    const { code, stdout } = await runGatehouse(['--version'], { nodeFlags: ['--import', pretend] })
    expect([code, stdout]).toEqual([0, '0.1.0\n'])
  })

  test('passes on how that one ended', async () => {
    expect((await runGatehouse(['dve'], { nodeFlags: ['--import', pretend] })).code).toBe(1)
  })

  test.each(['v18.0.0', 'v24.6.0'])('says so, once, when that one is old as well: %s', async (version) => {
    const env = { NODE_OPTIONS: `--import ${pretending(version)}` }
    const { code, stderr } = await runGatehouse(['--version'], { env })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Gatehouse needs Node 24\.7 or newer, and /)
    expect(stderr).toContain(` is ${version}.`)
  })
})
