import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { findWeakSettings } from './safe-settings.ts'

const safe = {
  DATABASE_URL: 'postgres://me:secret@db.internal/gatehouse',
  BASE_URL: 'https://sso.example.com',
  GATEHOUSE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}

async function problems(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { config, origins } = await loadConfig({ env, folder: '/' })
  return findWeakSettings(config, origins)
}

test.each([
  ['safe ones', safe],
  ['http on this machine', { ...safe, BASE_URL: 'http://localhost:4100' }],
  ['http on [::1]', { ...safe, BASE_URL: 'http://[::1]:4100' }],
])('%s have nothing against them', async (_what, env) => expect(await problems(env)).toEqual([]))

test.each([
  ['no database', { ...safe, DATABASE_URL: '' }, /^DATABASE_URL is missing/],
  ['no address', { ...safe, BASE_URL: '' }, /^BASE_URL is missing/],
  ['no encryption key', { ...safe, GATEHOUSE_ENCRYPTION_KEY: '' }, /^GATEHOUSE_ENCRYPTION_KEY is missing/],
  ['http for others', { ...safe, BASE_URL: 'http://sso.example.com' }, /is http/],
  ['a host that only looks like this machine', { ...safe, BASE_URL: 'http://localhost.example.com' }, /is http/],
  ['a short key', { ...safe, GATEHOUSE_ENCRYPTION_KEY: 'c2hvcnQ=' }, /has 5 bytes/],
  ['a pinned API key', { ...safe, GATEHOUSE_API_KEY: 'sk_test_default' }, /^GATEHOUSE_API_KEY is set/],
  ['a seed', { ...safe, GATEHOUSE_SEED: 'seed.yaml' }, /^GATEHOUSE_SEED is set/],
])('%s is named', async (_what, env, message) => expect(await problems(env)).toEqual([expect.stringMatching(message)]))
