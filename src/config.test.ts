import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigInvalid, type ConfigSources, environmentForChildren, loadConfig } from './config.ts'
import { type SettingKey, settings, showSetting } from './settings.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const flags = (values: Partial<Record<SettingKey, string>>) => new Map(Object.entries(values) as [SettingKey, string][]) // Object.entries forgets the key type

function load(sources: ConfigSources = {}, file?: string, name = 'gatehouse.config.yaml') {
  if (file !== undefined) writeFileSync(join(folder, name), file)
  return loadConfig({ env: {}, folder, ...sources })
}

async function problemsOf(sources: ConfigSources, file?: string, name?: string): Promise<readonly string[]> {
  const error: unknown = await load(sources, file, name).catch((thrown: unknown) => thrown)
  if (error instanceof ConfigInvalid) return error.problems
  throw new Error('the settings were accepted', { cause: error })
}

describe('who wins', () => {
  const env = { GATEHOUSE_PORT: '4102', PORT: '4103' }
  test.each([
    ['flag', { flags: flags({ port: '4101' }), env }, 'port: 4104', 4101, '--port'],
    ['environment', { env }, 'port: 4104', 4102, 'GATEHOUSE_PORT'],
    ['the weaker variable when the stronger is empty', { env: { ...env, GATEHOUSE_PORT: '' } }, '', 4103, 'PORT'],
    ['file', {}, '# ours\nport: 4104', 4104, 'gatehouse.config.yaml:2'],
    ['default', {}, undefined, 4100, 'default'],
  ] as const)('%s', async (_who, sources, file, port, origin) => {
    const loaded = await load(sources, file)
    expect([loaded.config.port, loaded.origins.port]).toEqual([port, origin])
  })

  test('nobody changes the settings afterwards', async () => expect(Object.isFrozen((await load()).config)).toBe(true))
})

describe('values', () => {
  test.each([
    ['a path in the file starts from the file', {}, 'data: here', { data: 'here' }],
    ['a switch can be off in YAML', {}, 'example: false', { example: false }],
    ['a switch can be off in the environment', { env: { GATEHOUSE_EXAMPLE: '0' } }, undefined, { example: false }],
    [
      'an origin loses its slash',
      { env: { BASE_URL: 'https://sso.test/' } },
      undefined,
      { baseUrl: 'https://sso.test' },
    ],
    ['what is not set has no value', {}, undefined, { databaseUrl: undefined, encryptionKey: undefined }],
  ])('%s', async (_claim, sources, file, expected) => {
    const { config } = await load(sources, file)
    expect(config).toMatchObject('data' in expected ? { data: join(folder, expected.data ?? '') } : expected)
  })

  test('JSON is read too', async () => {
    expect((await load({}, '{"port": 4105}', 'gatehouse.config.json')).config.port).toBe(4105)
  })
})

describe('refusals', () => {
  test.each([
    ['an unknown key', {}, 'log_level: info\nprot: 1', [/^gatehouse\.config\.yaml:2 "prot" is not .* mean "port"\?$/]],
    ['a list for a value', {}, 'port: [1]', [/^gatehouse\.config\.yaml:1 "port" needs a single value/]],
    ['a key with nothing', {}, 'port:', [/"port" needs a single value/]],
    ['a broken file', {}, 'port: 1\nport: 2', [/^gatehouse\.config\.yaml:2 /]],
    ['a file that is a list', {}, '- port', [/must hold settings/]],
    ['a file that is not there', { file: 'other.yaml' }, undefined, [/^other\.yaml cannot be read/]],
    ['a port out of range', { env: { PORT: '65536' } }, undefined, [/^port \(PORT\) is "65536"; it must be/]],
    ['the port Kubernetes makes', { env: { GATEHOUSE_PORT: 'tcp://10.0.0.1:80' } }, undefined, [/enableServiceLinks/]],
    ['a switch that is neither', { env: { GATEHOUSE_EXAMPLE: 'perhaps' } }, undefined, [/must be true or false/]],
    ['a base URL with a path', { env: { BASE_URL: 'https://a.test/sso' } }, undefined, [/alone: https:\/\/a\.test/]],
    ['a base URL with a login', { env: { BASE_URL: 'https://me@a.test' } }, undefined, [/origin alone/]],
    ['another scheme', { env: { BASE_URL: 'ftp://a.test' } }, undefined, [/must be a URL such as/]],
    ['a level nobody knows', { env: { GATEHOUSE_LOG_LEVEL: 'warning' } }, undefined, [/mean "warn"/]],
    ['everything at once', { env: { PORT: 'x' } }, 'nope: 1\nquiet: maybe', [/nope/, /PORT/, /quiet/]],
  ])('%s', async (_what, sources, file, patterns) => {
    const problems = await problemsOf(sources, file)
    expect(problems).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)))
  })

  test('a database URL is refused without being quoted', async () => {
    const problems = await problemsOf({ env: { DATABASE_URL: 'mysql://me:secret@host/db' } })
    expect(problems).toEqual([expect.stringMatching(/^database_url \(DATABASE_URL\) must be a URL/)])
    expect(problems.join()).not.toContain('secret')
  })

  test('two files', async () => {
    writeFileSync(join(folder, 'gatehouse.config.json'), '{}')
    expect(await problemsOf({}, 'port: 1')).toEqual([expect.stringMatching(/Keep one/)])
  })
})

describe('secrets', () => {
  const env = {
    DATABASE_URL: 'postgres://me:p@ss:w0rd@host:5432/db?password=w0rd&sslmode=require',
    GATEHOUSE_ENCRYPTION_KEY: 'w0rd',
    GATEHOUSE_API_KEY: 'sk_test_w0rd',
    PATH: '/bin',
  }

  test('are masked where settings are shown', async () => {
    const { config } = await load({ env })
    expect(showSetting('databaseUrl', config)).toBe('postgres://me:***@host:5432/db?password=***&sslmode=require')
    for (const key of Object.keys(settings) as SettingKey[]) expect(showSetting(key, config)).not.toContain('w0rd')
  })

  test('are not passed to programs we start', () => expect(environmentForChildren(env)).toEqual({ PATH: '/bin' }))
})
