import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ContentAlgorithm } from './encrypt.ts'
import type { KeyTransport } from './oaep.ts'
import {
  edit,
  elementText,
  encrypted,
  signAs,
  sp,
  stranger,
  unsigned,
  verdict,
  verifyMessage,
} from './testdata/messages.ts'

const signed = signAs(unsigned(), 'assertion')
const transports: readonly KeyTransport[] = [
  { digest: 'sha1', mask: 'sha1' },
  { digest: 'sha256', mask: 'sha1' },
  { digest: 'sha1', mask: 'sha256' },
  { digest: 'sha256', mask: 'sha256' },
]

const method = (algorithm: string, parameters: string) =>
  `<xenc:EncryptionMethod Algorithm="${algorithm}">${parameters}</xenc:EncryptionMethod>`
const oldMethod = /<xenc:EncryptionMethod Algorithm="[^"]*mgf1p">.*?<\/xenc:EncryptionMethod>/
const xenc11 = 'http://www.w3.org/2009/xmlenc11#'
const digest = (uri: string) => `<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="${uri}"/>`
const mask = (uri: string) => `<m:MGF xmlns:m="${xenc11}" Algorithm="${uri}"/>`

const dataValue = /(?<=<xenc:CipherValue>)[^<]*(?=<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>)/
const keyValue = /(?<=<xenc:CipherValue>)[^<]*(?=<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedKey>)/
const change = (xml: string, what: RegExp, by: (bytes: Buffer) => Buffer) => {
  const bytes = Buffer.from(what.exec(xml)?.[0] ?? '', 'base64')
  return edit(xml, what, by(bytes).toString('base64'))
}
const flip = (at: number) => (bytes: Buffer) => {
  const index = at < 0 ? bytes.length + at : at
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes
}
const gcm = encrypted(signed)
const cbc = encrypted(signed, { algorithm: 'aes256-cbc' })
const mixed = encrypted(signed, { keyTransport: { digest: 'sha256', mask: 'sha1' } })

const key = randomBytes(32)
const seal = (plain: string | Buffer) => {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}
const sealed = (plain: string | Buffer) =>
  change(
    change(gcm, keyValue, () => wrapped(key)),
    dataValue,
    () => seal(plain),
  )
const assertion = elementText(signed, 'saml2:Assertion')

function wrapped(contentKey: Buffer): Buffer {
  return publicEncrypt({ key: sp.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, contentKey)
}

function rawWrapped(block: Buffer): Buffer {
  return publicEncrypt({ key: sp.publicKey, padding: constants.RSA_NO_PADDING }, block)
}

/** With `length` bytes of padding, none of which but the last says so (XML Encryption §5.2.1). */
function sealedWithPadding(plain: string, length: number): string {
  const padding = Buffer.alloc(length, 0xee)
  padding[length - 1] = length
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
  const bytes = Buffer.concat([Buffer.alloc(16), cipher.update(plain), cipher.update(padding), cipher.final()])
  return change(
    change(cbc, keyValue, () => wrapped(key)),
    dataValue,
    () => bytes,
  )
}

describe('RSA-OAEP', () => {
  const matrix = transports.flatMap((keyTransport) =>
    (['inside', 'beside'] as const).map((keyPlace) => [keyTransport.digest, keyTransport.mask, keyPlace] as const),
  )
  test.each(matrix)('with the digest %s, the mask %s and its key %s is decrypted', (hash, maskHash, keyPlace) => {
    const xml = encrypted(signed, { keyTransport: { digest: hash, mask: maskHash }, keyPlace })
    expect(verifyMessage(xml)).toMatchObject({ accepted: { nameId: 'ada@example.com' } })
  })

  test.each([
    ['the older identifier without a digest means SHA-1', {}, 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p', ''],
    ['the newer identifier without parameters means SHA-1', {}, `${xenc11}rsa-oaep`, ''],
    [
      'the newer identifier without a mask means SHA-1 for the mask',
      { keyTransport: { digest: 'sha256', mask: 'sha1' } as const },
      `${xenc11}rsa-oaep`,
      digest('http://www.w3.org/2001/04/xmlenc#sha256'),
    ],
  ])('%s', (_title, changes, algorithm, parameters) => {
    expect(verdict(edit(encrypted(signed, changes), oldMethod, method(algorithm, parameters)))).toBe('accepted')
  })

  test('several encrypted keys are tried, as for several recipients', () => {
    const foreign = elementText(encrypted(signed, { certificate: stranger.certificate }), 'xenc:EncryptedKey')
    const xml = encrypted(signed)
    expect(verdict(edit(xml, '<xenc:EncryptedKey', `${foreign}<xenc:EncryptedKey`))).toBe('accepted')
    expect(verdict(edit(xml, '<xenc:EncryptedKey', `${foreign.repeat(4)}<xenc:EncryptedKey`))).toBe('encryption_form')
  })

  test('several decryption keys are tried, as while one is being replaced', () => {
    expect(verdict(encrypted(signed), { decryptionKeys: [stranger.privateKey, sp.privateKey] })).toBe('accepted')
  })
})

describe('what is not decrypted', () => {
  test.each([
    ['RSA 1.5', oldMethod, method('http://www.w3.org/2001/04/xmlenc#rsa-1_5', '')],
    [
      'a digest that is not known',
      oldMethod,
      method(`${xenc11}rsa-oaep`, digest('http://www.w3.org/2001/04/xmldsig-more#md5')),
    ],
    ['a mask that is not known', oldMethod, method(`${xenc11}rsa-oaep`, mask('urn:x'))],
    [
      'a mask for the identifier that has its own',
      oldMethod,
      method('http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p', mask(`${xenc11}mgf1sha256`)),
    ],
    ['a label', oldMethod, method(`${xenc11}rsa-oaep`, '<xenc:OAEPparams>YQ==</xenc:OAEPparams>')],
    ['triple DES', `${xenc11}aes256-gcm`, 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc'],
    ['a cipher of 192 bits', `${xenc11}aes256-gcm`, 'http://www.w3.org/2001/04/xmlenc#aes192-cbc'],
    ['a cipher that is none', `${xenc11}aes256-gcm`, ''],
    ['only the content of an element', 'xmlenc#Element"', 'xmlenc#Content"'],
    ['no encrypted key', /<ds:KeyInfo xmlns:ds="[^"]*"><xenc:EncryptedKey.*?<\/ds:KeyInfo>/, ''],
    [
      'a key to be fetched',
      /<ds:KeyInfo xmlns:ds="([^"]*)"><xenc:EncryptedKey.*?<\/ds:KeyInfo>/,
      '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:RetrievalMethod URI="https://internal.example/"/></ds:KeyInfo>',
    ],
    [
      'a key that is not base64',
      /(?<=<xenc:CipherValue>)[^<]*(?=<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedKey>)/,
      '*',
    ],
    [
      'data that is not base64',
      /(?<=<xenc:CipherValue>)[^<]*(?=<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>)/,
      '*',
    ],
  ])('%s is refused by its form', (_title, from, to) => {
    expect(verdict(edit(encrypted(signed), from, to))).toBe('encryption_form')
  })

  test.each<[string, string]>([
    ['a changed text', change(gcm, dataValue, flip(40))],
    ['a changed tag', change(gcm, dataValue, flip(-1))],
    ['a shortened tag', change(gcm, dataValue, (bytes) => bytes.subarray(0, bytes.length - 4))],
    ['a text that is shorter than its tag', change(gcm, dataValue, (bytes) => bytes.subarray(0, 8))],
    ['no text', change(gcm, dataValue, () => Buffer.alloc(0))],
    ['a text of half blocks', change(cbc, dataValue, (bytes) => bytes.subarray(0, bytes.length - 3))],
    ['an initialisation vector alone', change(cbc, dataValue, (bytes) => bytes.subarray(0, 16))],
    ['a beginning that is no XML', change(cbc, dataValue, flip(0))],
    ['a changed key', change(gcm, keyValue, flip(5))],
    ['a key for another size of RSA', change(gcm, keyValue, (bytes) => bytes.subarray(1))],
    ['a changed key of two hashes', change(mixed, keyValue, flip(5))],
    ['a key of another length', change(gcm, keyValue, () => wrapped(randomBytes(16)))],
    ['an empty key', change(gcm, keyValue, () => wrapped(Buffer.alloc(0)))],
    ['a key of two hashes that is not padded', change(mixed, keyValue, () => rawWrapped(Buffer.alloc(256)))],
    ['padding longer than a block', sealedWithPadding(assertion, 32 - (Buffer.byteLength(assertion) % 16))],
  ])('%s is refused like every other failure', (_title, xml) => {
    expect(verifyMessage(xml)).toEqual({ refused: { code: 'cannot_decrypt' } })
  })

  test.each<[string, string | Buffer]>([
    ['text', 'not XML'],
    ['bytes that are not UTF-8', Buffer.from('<é/>', 'latin1')],
    ['another element', '<a/>'],
    [
      'another document',
      `<saml2:EncryptedAssertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">${assertion}</saml2:EncryptedAssertion>`,
    ],
    ['two assertions', assertion + assertion],
    ['an assertion with a comment', edit(assertion, 'ada@', 'ada<!-- -->@')],
    ['an assertion with a document type', `<!DOCTYPE a>${assertion}`],
    ['an assertion that borrows a namespace from the message', edit(assertion, / xmlns:saml2="[^"]*"/, '')],
  ])('%s instead of an assertion is refused like every other failure', (_title, plain) => {
    expect(verdict(sealed(plain))).toBe('cannot_decrypt')
  })

  test('what is really encrypted by hand is accepted, so the table above fails for its own reasons', () => {
    expect(verdict(sealed(assertion))).toBe('accepted')
  })

  test('padding of any bytes is accepted, as the standard has it', () => {
    expect(verdict(sealedWithPadding(assertion, 16 - (Buffer.byteLength(assertion) % 16)))).toBe('accepted')
  })

  test('the IDs inside are checked like those outside', () => {
    expect(verdict(sealed(edit(assertion, ' ID="_assertion"', '')))).toBe('invalid_id')
  })

  test('an assertion inside is not accepted when it was changed after signing', () => {
    expect(verdict(sealed(edit(assertion, 'ada@', 'eve@')))).toBe('wrong_digest')
  })
})

test.each<ContentAlgorithm>(['aes128-cbc', 'aes256-cbc', 'aes128-gcm', 'aes256-gcm'])(
  'two encryptions with %s share nothing',
  (algorithm) => {
    const values = () =>
      [...encrypted(signed, { algorithm }).matchAll(/<xenc:CipherValue>([^<]{64})/g)].map(([, text]) => text)
    expect(new Set([...values(), ...values()]).size).toBe(4)
  },
)
