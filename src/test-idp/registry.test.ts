import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Registry } from './registry.ts'
import type { ServiceProvider } from './service-provider.ts'
import { now } from './test-service-provider.ts'

const clock = () => now

function seen(number: number): ServiceProvider {
  return {
    entityId: `https://app-${String(number)}.test`,
    acsUrl: 'http://localhost/acs',
    registered: false,
    encryptionCertificate: null,
    signingCertificate: null,
  }
}

describe('in a folder', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-idp-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  test('everything is there again after a restart, and nothing else', async () => {
    const before = await Registry.open({ folder, clock })
    await before.create({
      slug: 'entra',
      kind: 'entra-like',
      name: 'Contoso',
      serviceProvider: { ...seen(1), registered: true },
    })
    await before.rotate('entra', 30)
    before.remember('default', seen(2))
    const after = await Registry.open({ folder, clock })
    expect(described(after)).toEqual(described(before))
    expect(after.list().map(({ slug }) => slug)).toEqual(['default', 'entra'])
  })

  test('only the owner can read the files, which hold private keys', async () => {
    await Registry.open({ folder, clock })
    const files = readdirSync(folder)
    expect(files).toEqual(['default.json'])
    expect(statSync(join(folder, 'default.json')).mode & 0o777).toBe(0o600)
  })

  test('what a crash left behind is in nobody’s way, and gives its mode to nothing', async () => {
    writeFileSync(join(folder, 'default.json.new'), '{', { mode: 0o644 })
    await Registry.open({ folder, clock })
    expect(readdirSync(folder)).toEqual(['default.json'])
    expect(statSync(join(folder, 'default.json')).mode & 0o777).toBe(0o600)
  })

  test('there is an end to how many are made', async () => {
    await Registry.open({ folder, clock })
    for (let number = 2; number <= 50; number += 1)
      copyFileSync(join(folder, 'default.json'), join(folder, `idp-${String(number)}.json`))
    const full = await Registry.open({ folder, clock })
    const refused = await full.create({ slug: 'one-more', kind: 'okta-like', name: 'One more' })
    expect(refused).toEqual({ ok: false, error: 'too_many_idps' })
  })

  test.each([
    ['no JSON', () => '{'],
    [
      'the certificate of another key',
      (text: string, other: string) => text.replace(/(?<="certificate": ")[^"]+/, other),
    ],
    ['an unknown kind', (text: string) => text.replace('"test-idp"', '"ping-like"')],
    ['no service providers', (text: string) => text.replace('"service_providers"', '"others"')],
  ])('a file with %s stops the start, and is named with a way out', async (_claim, damage) => {
    const registry = await Registry.open({ folder, clock })
    const path = join(folder, 'default.json')
    const { certificate } = await registry.stranger()
    writeFileSync(path, damage(readFileSync(path, 'utf8'), certificate))
    await expect(Registry.open({ folder, clock })).rejects.toThrow(`Cannot read ${path}`)
  })
})

describe('in memory', () => {
  test('a service provider used again becomes the last, and what is registered is not moved by a request', async () => {
    const registry = await Registry.open({ folder: undefined, clock })
    const registered = { ...seen(1), registered: true, acsUrl: 'https://app.test/acs' }
    for (const each of [registered, seen(2), seen(1)]) registry.remember('default', each)
    expect(registry.find('default')?.serviceProviders).toEqual([seen(2), registered])
  })

  test('of those only seen in requests the oldest makes room; those registered never do', async () => {
    const registry = await Registry.open({ folder: undefined, clock })
    registry.remember('default', { ...seen(0), registered: true })
    for (let number = 1; number <= 60; number += 1) registry.remember('default', seen(number))
    const kept = registry.find('default')?.serviceProviders ?? []
    expect([kept.length, kept[0]?.entityId, kept[1]?.entityId]).toEqual([50, seen(0).entityId, seen(12).entityId])
  })

  test('a full list of registered ones takes no more', async () => {
    const registry = await Registry.open({ folder: undefined, clock })
    for (let number = 1; number <= 50; number += 1) registry.remember('default', { ...seen(number), registered: true })
    expect(registry.remember('default', seen(51))).toEqual({ ok: false, error: 'too_many_service_providers' })
  })

  test('two that want the same slug at the same time do not both get it', async () => {
    const registry = await Registry.open({ folder: undefined, clock })
    const both = await Promise.all(
      ['One', 'Two'].map((name) => registry.create({ slug: 'acme', kind: 'okta-like', name })),
    )
    expect(both.map((created) => created.ok)).toContain(false)
    expect(both.filter((created) => created.ok)).toHaveLength(1)
  })

  test('the responses kept for a replay are bounded, the oldest going first', async () => {
    const registry = await Registry.open({ folder: undefined, clock })
    const sent = (number: number) => ({ slug: 'default', spEntityId: String(number), solicited: true })
    for (let number = 1; number <= 201; number += 1) registry.rememberResponse(sent(number), String(number))
    expect([registry.lastResponse(sent(1)), registry.lastResponse(sent(2))]).toEqual([undefined, '2'])
  })
})

function described(registry: Registry) {
  return registry.list().map(({ signing, ...idp }) => ({
    ...idp,
    certificate: signing.certificate,
    key: signing.key.export({ type: 'pkcs8', format: 'pem' }),
  }))
}
