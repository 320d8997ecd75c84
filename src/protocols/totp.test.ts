import { describe, expect, test } from 'vitest'
import { decodeBase32, encodeBase32, hotp, matchTotp, otpauthUri, totp } from './totp.ts'

const secret = Buffer.from('12345678901234567890')
const at = (seconds: number) => new Date(seconds * 1000)

test.each([
  [0, '755224'],
  [1, '287082'],
  [2, '359152'],
  [9, '520489'],
])('RFC 4226 appendix D: the code of counter %i is %s', (counter, code) => {
  expect(hotp(secret, counter)).toBe(code)
})

// The appendix has eight digits; ours are the last six of them.
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('RFC 6238 appendix B: the code at %i seconds ends in %s', (seconds, code) => {
  expect(totp(secret, at(seconds))).toBe(code)
})

describe('a code', () => {
  const now = at(1_234_567_890)
  const step = Math.floor(1_234_567_890 / 30)
  const code = (offset: number) => hotp(secret, step + offset)

  test.each([
    ['of this step is right', code(0), null, step],
    ['of the step before is right: people type slowly', code(-1), null, step - 1],
    ['of the next step is right: clocks differ', code(1), null, step + 1],
    ['of two steps ago is wrong', code(-2), null, undefined],
    ['of two steps ahead is wrong', code(2), null, undefined],
    ['that was used is wrong', code(0), step, undefined],
    ['from before one that was used is wrong', code(-1), step, undefined],
    ['after one that was used is right', code(1), step, step + 1],
    ['that is too short is wrong', code(0).slice(0, 5), null, undefined],
    ['with letters is wrong', 'abcdef', null, undefined],
    ['that is empty is wrong', '', null, undefined],
  ])('%s', (_claim, given, last, expected) => {
    expect(matchTotp(secret, given, now, last)).toBe(expected)
  })
})

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('RFC 4648 §10: Base32 of "%s" is "%s"', (text, encoded) => {
  expect(encodeBase32(Buffer.from(text))).toBe(encoded)
  if (text !== '') expect(decodeBase32(encoded)?.toString()).toBe(text)
})

test('Base32 is read as people copy it, and other text is not', () => {
  expect(decodeBase32('mzxw 6ytb oi======')?.toString()).toBe('foobar')
  expect(decodeBase32('MZXW1')).toBeUndefined()
  expect(decodeBase32('')).toBeUndefined()
})

test('the address for authenticator apps escapes names', () => {
  expect(otpauthUri(secret, { issuer: 'Acme & Co', account: 'ann@acme.test' })).toBe(
    `otpauth://totp/Acme%20%26%20Co:ann%40acme.test?secret=${encodeBase32(secret)}&issuer=Acme%20%26%20Co`,
  )
})
