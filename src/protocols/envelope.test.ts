import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { EncryptionKeyInvalid, newEncryptionKey, parseEncryptionKeys, SealBroken, Secrets } from './envelope.ts'

const old = randomBytes(32)
const young = randomBytes(32)
const context = 'signing_keys.sealed_private_key:key_1'

describe('sealing', () => {
  const secrets = new Secrets([young])

  test.each([['short'], [''], ['naïve — ключ 🔑'], ['x'.repeat(100_000)]])('opens what it sealed (%#)', (text) => {
    expect(secrets.open(secrets.seal(text, context), context)).toBe(text)
  })

  test('says its version and key, and never the same thing twice', () => {
    const [first, second] = [secrets.seal('same', context), secrets.seal('same', context)]
    expect(first).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/)
    expect(first).not.toBe(second)
  })

  test('keeps key material out of inspection and JSON', () => {
    const shown = inspect(secrets, { depth: 9, showHidden: true }) + JSON.stringify(secrets)
    expect(shown).not.toContain(young.toString('hex'))
    expect(shown).not.toContain(young.toString('base64'))
  })
})

describe('what does not open', () => {
  const secrets = new Secrets([young])
  const sealed = secrets.seal('private', context)
  const [version, id, payload = ''] = sealed.split('.')
  const bytes = Buffer.from(payload, 'base64url')
  const withBytes = (changed: Buffer) => `${version}.${id}.${changed.toString('base64url')}`
  const flipped = (index: number) => {
    const copy = Buffer.from(bytes)
    copy[index] = (copy[index] ?? 0) ^ 1
    return withBytes(copy)
  }

  test.each([
    ['another row', sealed, 'signing_keys.sealed_private_key:key_2', 'tampered'],
    ['a changed nonce', flipped(0), context, 'tampered'],
    ['changed content', flipped(12), context, 'tampered'],
    ['a changed tag', flipped(bytes.length - 1), context, 'tampered'],
    ['a truncated tag', withBytes(bytes.subarray(0, -4)), context, 'tampered'],
    ['nothing but a nonce', withBytes(bytes.subarray(0, 12)), context, 'malformed'],
    ['another version', sealed.replace('v1', 'v2'), context, 'malformed'],
    ['text in the clear', 'private', context, 'malformed'],
    ['nothing', '', context, 'malformed'],
    ['a key that is not here', new Secrets([old]).seal('private', context), context, 'unknown_key'],
  ])('%s', (_what, value, place, code) => {
    const attempt = () => secrets.open(value, place)
    expect(attempt).toThrow(SealBroken)
    expect(attempt).toThrow(expect.objectContaining({ code }))
    expect(attempt).not.toThrow(/private$/)
  })
})

describe('rotation', () => {
  const before = new Secrets([old]).seal('kept', context)
  const both = new Secrets([young, old])

  test('the older key still opens', () => expect(both.open(before, context)).toBe('kept'))
  test('the newest key seals', () =>
    expect(new Secrets([young]).open(both.seal('kept', context), context)).toBe('kept'))
  test('what the older key sealed is not current', () => {
    expect(both.isCurrent(before)).toBe(false)
    expect(both.isCurrent(both.seal('kept', context))).toBe(true)
  })
})

describe('reading keys', () => {
  const key = randomBytes(32)
  test.each([
    ['base64', key.toString('base64'), [key]],
    ['base64url', key.toString('base64url'), [key]],
    ['hex', key.toString('hex'), [key]],
    ['upper-case hex', key.toString('hex').toUpperCase(), [key]],
    ['several, newest first', ` ${young.toString('hex')}, ${old.toString('base64')}\n`, [young, old]],
  ])('%s', (_what, text, expected) => expect(parseEncryptionKeys(text)).toEqual(expected))

  test('a new key is a valid one', () => expect(parseEncryptionKeys(newEncryptionKey())[0]).toHaveLength(32))

  test.each([
    ['nothing', '', /neither base64 nor hex/],
    ['a pass phrase', 'correct horse battery staple', /neither base64 nor hex/],
    ['a short key', randomBytes(16).toString('base64'), /has 16 bytes; it must have 32/],
    ['zeros', '00'.repeat(32), /not random/],
    ['a repeated word', Buffer.from('changeme'.repeat(4)).toString('base64'), /not random/],
    ['one good and one bad', `${key.toString('hex')},nope`, /^Encryption key 2 of 2 has/],
    ['the same key twice', `${key.toString('hex')},${key.toString('base64')}`, /twice/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseEncryptionKeys(text)).toThrow(EncryptionKeyInvalid)
    expect(() => parseEncryptionKeys(text)).toThrow(message)
  })
})
