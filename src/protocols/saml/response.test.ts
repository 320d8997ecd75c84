import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signElement } from '../xmldsig/sign.ts'
import { encodePost } from './bindings.ts'
import type { IssueOptions } from './issue.ts'
import { readResponse } from './response.ts'
import {
  ecKeys,
  edit,
  encrypted,
  expected,
  idp,
  type Keys,
  layouts,
  rsaKeys,
  seconds,
  signAs,
  sp,
  stranger,
  unsigned,
  verdict,
  verifyMessage,
} from './testdata/messages.ts'

const signings = [
  ['the response', { response: true, assertion: false }],
  ['the assertion', { response: false, assertion: true }],
  ['both', { response: true, assertion: true }],
] as const

function signedBy(keys: Keys, what: { response: boolean; assertion: boolean } = { response: true, assertion: true }) {
  return { ...what, key: keys.privateKey, certificate: keys.certificate }
}

function accepted(xml: string, changes: Parameters<typeof verifyMessage>[1] = {}) {
  const outcome = verifyMessage(xml, changes)
  if ('refused' in outcome) throw new Error(`refused: ${JSON.stringify(outcome.refused)}`)
  return outcome.accepted
}

const person = {
  responseId: '_response',
  assertionId: '_assertion',
  issuer: expected.idpEntityId,
  nameId: 'ada@example.com',
  nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  sessionIndex: '_session',
  attributes: new Map([
    ['email', ['ada@example.com']],
    ['groups', ['Engineering', 'Räte & Söhne']],
  ]),
  replayableUntil: seconds(480),
  keyFingerprint: idp.fingerprint,
}

describe('a valid response', () => {
  const matrix = layouts.flatMap((layout) =>
    signings.flatMap(([title, sign]) =>
      ([null, 'aes128-cbc', 'aes256-cbc', 'aes128-gcm', 'aes256-gcm'] as const).map(
        (algorithm) => [layout, title, algorithm ?? 'nothing', sign, algorithm] as const,
      ),
    ),
  )
  test.each(matrix)('laid out as %s, with %s signed and encrypted with %s, is accepted', (layout, ...rest) => {
    const [, , sign, algorithm] = rest
    const encrypt = algorithm === null ? null : { certificate: sp.certificate, algorithm }
    expect(accepted(unsigned({ layout, sign: signedBy(idp, sign), encrypt }))).toEqual(person)
  })

  test.each([
    ['RSA-SHA384', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', () => idp],
    ['RSA-SHA512', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', () => idp],
    ['ECDSA-SHA256 on P-256', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', () => ecKeys('P-256')],
    ['ECDSA-SHA384 on P-384', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384', () => ecKeys('P-384')],
    ['ECDSA-SHA512 on P-521', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512', () => ecKeys('P-521')],
  ])('signed with %s is accepted', async (_title, signatureAlgorithm, makeKeys) => {
    const keys = await makeKeys()
    const xml = unsigned({ sign: { ...signedBy(keys), signatureAlgorithm } })
    const keyed = { keys: [{ key: keys.publicKey, fingerprint: keys.fingerprint }] }
    expect(accepted(xml, keyed)).toEqual({ ...person, keyFingerprint: keys.fingerprint })
  })

  test.each(['http://www.w3.org/2001/04/xmldsig-more#sha384', 'http://www.w3.org/2001/04/xmlenc#sha512'])(
    'digested with %s is accepted',
    (digestAlgorithm) => {
      expect(accepted(unsigned({ sign: { ...signedBy(idp), digestAlgorithm } }))).toEqual(person)
    },
  )

  test.each([
    ['signature', { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }],
    ['digest', { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
  ])('with a SHA-1 %s is accepted where the connection allows it, and only there', (_what, changes) => {
    const xml = unsigned({ sign: { ...signedBy(idp), ...changes } })
    expect(verdict(xml)).toBe('sha1')
    expect(accepted(xml, { allowSha1: true })).toEqual(person)
  })

  test('is accepted with any of the connection’s certificates, and says which', () => {
    const xml = unsigned({ sign: signedBy(idp) })
    const keys = [stranger, idp].map(({ publicKey, fingerprint }) => ({ key: publicKey, fingerprint }))
    expect(accepted(xml, { keys })).toEqual(person)
  })

  test('names the certificate of the assertion where two signed', () => {
    const assertionSigned = unsigned({ sign: signedBy(idp, { response: false, assertion: true }) })
    const xml = signElement(assertionSigned, { id: '_response', key: stranger.privateKey, inclusivePrefixes: ['xs'] })
    const keys = [stranger, idp].map(({ publicKey, fingerprint }) => ({ key: publicKey, fingerprint }))
    expect(accepted(xml, { keys }).keyFingerprint).toBe(idp.fingerprint)
  })

  test('that nobody asked for is accepted where no request is expected', () => {
    const xml = unsigned({ inResponseTo: null, sign: signedBy(idp) })
    expect(accepted(xml, { requestId: null })).toEqual(person)
  })

  test.each<[string, Partial<IssueOptions>, object]>([
    ['white space and markup in a name', { nameId: ' <ada>\t&\n"\r' }, { nameId: ' <ada>\t&\n"\r' }],
    ['no attributes', { attributes: [] }, { attributes: new Map() }],
    ['an attribute without a value', { attributes: [{ name: 'a', values: [] }] }, { attributes: new Map([['a', []]]) }],
    ['an empty value', { attributes: [{ name: 'a', values: [''] }] }, { attributes: new Map([['a', ['']]]) }],
    [
      'names that JavaScript objects have',
      {
        attributes: [
          { name: '__proto__', values: ['1'] },
          { name: 'constructor', values: ['2'] },
        ],
      },
      {
        attributes: new Map([
          ['__proto__', ['1']],
          ['constructor', ['2']],
        ]),
      },
    ],
    [
      'one name in two attributes: the values follow each other',
      {
        attributes: [
          { name: 'a', values: ['1'] },
          { name: 'a', values: ['2'] },
        ],
      },
      { attributes: new Map([['a', ['1', '2']]]) },
    ],
  ])('keeps %s', (_title, changes, wanted) => {
    expect(accepted(unsigned({ ...changes, sign: signedBy(idp) }))).toEqual({ ...person, ...wanted })
  })

  test.each([
    [
      'CDATA in a name is part of the name',
      '>ada@example.com</saml2:NameID>',
      '>ada<![CDATA[@example]]>.com</saml2:NameID>',
      {},
    ],
    [
      'a NameID in a value is its text',
      '>Engineering</saml2:AttributeValue>',
      '><saml2:NameID Format="urn:x">opaque</saml2:NameID></saml2:AttributeValue>',
      {
        attributes: new Map([
          ['email', ['ada@example.com']],
          ['groups', ['opaque', 'Räte & Söhne']],
        ]),
      },
    ],
    ['a FriendlyName is no name', 'Name="email"', 'FriendlyName="groups" Name="email"', {}],
    ['no NameID format', / Format="[^"]*emailAddress"/, '', { nameIdFormat: null }],
    ['no session', ' SessionIndex="_session"', '', { sessionIndex: null }],
    [
      'times with seven digits of a fraction',
      'NotOnOrAfter="2026-01-31T12:05:00Z"',
      'NotOnOrAfter="2026-01-31T12:05:00.1234567Z"',
      { replayableUntil: new Date('2026-01-31T12:08:00.000Z') },
    ],
    [
      'conditions without an end',
      / NotOnOrAfter="[^"]*"><saml2:AudienceRestriction/,
      '><saml2:AudienceRestriction',
      {},
    ],
    [
      'one-time use and a proxy restriction',
      '<saml2:AudienceRestriction>',
      '<saml2:OneTimeUse/><saml2:ProxyRestriction Count="0"/><saml2:AudienceRestriction>',
      {},
    ],
    [
      'an extension and advice',
      '<saml2p:Status>',
      '<saml2p:Extensions><x xmlns="urn:x">y</x></saml2p:Extensions><saml2p:Status>',
      {},
    ],
    ['no issuer of the response', /<saml2:Issuer [^>]*>[^<]*<\/saml2:Issuer>/, '', {}],
  ])('%s', (_title, from, to, wanted) => {
    expect(accepted(signAs(edit(unsigned(), from, to), 'both'))).toEqual({ ...person, ...wanted })
  })

  test('may be remembered until its last usable confirmation ends, but no longer than its conditions hold', () => {
    const confirmation = `<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData InResponseTo="_request" NotOnOrAfter="2026-01-31T12:10:00Z" Recipient="${expected.acsUrl}"/></saml2:SubjectConfirmation></saml2:Subject>`
    const two = edit(unsigned(), '</saml2:Subject>', confirmation)
    expect(accepted(signAs(two, 'both')).replayableUntil).toEqual(seconds(480))
    const longer = edit(
      two,
      'NotOnOrAfter="2026-01-31T12:05:00Z"><saml2:AudienceRestriction',
      'NotOnOrAfter="2026-01-31T13:00:00Z"><saml2:AudienceRestriction',
    )
    expect(accepted(signAs(longer, 'both')).replayableUntil).toEqual(seconds(780))
  })
})

describe('reading a response', () => {
  test('gives what the caller needs to find the sign-in, without any key', () => {
    const read = readResponse(encodePost(unsigned()))
    expect(read).toMatchObject({
      ok: true,
      value: {
        id: '_response',
        inResponseTo: '_request',
        issuer: expected.idpEntityId,
        destination: expected.acsUrl,
        xml: unsigned(),
      },
    })
  })

  const big = Buffer.alloc(512 * 1024 + 1, 'a').toString('base64')
  test.each([
    ['an empty field', '', 'not_base64'],
    ['something other than base64', '<Response/>', 'not_base64'],
    ['base64 without padding', 'YQ', 'not_base64'],
    ['the alphabet for URLs', encodePost(unsigned({ nameId: '>>>???' })).replace(/^../, '-_'), 'not_base64'],
    ['more than the limit', big, 'too_large'],
    ['far more than the limit', 'A'.repeat(1_100_000), 'too_large'],
    ['Latin-1', Buffer.from('<é/>', 'latin1').toString('base64'), 'not_utf8'],
    ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le').toString('base64'), 'not_utf8'],
    ['a web page', encodePost('<!DOCTYPE html><html></html>'), 'not_xml'],
    [
      'a request',
      encodePost('<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>'),
      'not_a_response',
    ],
    [
      'a Response of another namespace',
      encodePost('<Response xmlns="urn:oasis:names:tc:SAML:1.0:protocol"/>'),
      'not_a_response',
    ],
    ['an assertion alone', encodePost('<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>'), 'not_a_response'],
  ])('%s is refused', (_title, encoded, code) => {
    const read = readResponse(encoded)
    expect(read.ok ? 'read' : read.error.code).toBe(code)
  })

  test('base64 in lines is read', () => {
    const lines = encodePost(unsigned()).replace(/.{76}/g, '$&\r\n')
    expect(readResponse(lines).ok).toBe(true)
  })
})

describe('keys', () => {
  test('a connection without certificates refuses everything signed', () => {
    expect(verdict(unsigned({ sign: signedBy(idp) }), { keys: [] })).toBe('no_certificate')
  })

  test('a stranger’s key does not verify, though the message brings its certificate', () => {
    expect(verdict(unsigned({ sign: signedBy(stranger) }))).toBe('wrong_signature')
  })

  test.each([
    ['RSA of 1024 bits', () => rsaKeys(1024), 'rsa-sha256'],
    ['the curve secp256k1', () => ecKeys('secp256k1'), 'ecdsa-sha256'],
  ])('%s is too weak, though the signature is right', async (_title, makeKeys, algorithm) => {
    const keys = await makeKeys()
    const signatureAlgorithm = `http://www.w3.org/2001/04/xmldsig-more#${algorithm}`
    const xml = unsigned({ sign: { ...signedBy(keys), signatureAlgorithm } })
    expect(verdict(xml, { keys: [{ key: keys.publicKey, fingerprint: 'f' }] })).toBe('unusable_certificates')
  })

  test('an RSA key does not serve an ECDSA signature', async () => {
    const xml = unsigned({ sign: signedBy(await ecKeys('P-256')) })
    expect(verdict(xml)).toBe('unusable_certificates')
  })

  test('a private or a PSS key is not a certificate’s', () => {
    const xml = unsigned({ sign: signedBy(idp) })
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey
    for (const key of [idp.privateKey, pss])
      expect(verdict(xml, { keys: [{ key, fingerprint: 'f' }] })).toBe('unusable_certificates')
  })

  test('an expired certificate still verifies: keys are trusted because the connection has them', () => {
    const xml = unsigned({ sign: signedBy(idp) })
    const later = new Date('2026-01-31T13:00:01Z')
    const fresh = { notBefore: later, notOnOrAfter: new Date('2026-01-31T13:05:00Z'), issueInstant: later }
    expect(verdict(xml, { now: later })).toBe('confirmation_expired')
    expect(verdict(unsigned({ ...fresh, sign: signedBy(idp) }), { now: later })).toBe('accepted')
  })
})

test('a response that says no is a rejection with its codes, signed or not', () => {
  const xml = edit(
    unsigned(),
    /<saml2p:StatusCode .*\/>(?=<\/saml2p:Status>)/,
    '<saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></saml2p:StatusCode><saml2p:StatusMessage>No &lt;user&gt;</saml2p:StatusMessage>',
  )
  const refused = {
    code: 'idp_status',
    statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
    subStatusCode: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed',
    statusMessage: 'No <user>',
  }
  expect(verifyMessage(xml)).toEqual({ refused })
  expect(verifyMessage(signAs(xml, 'both'))).toEqual({ refused })
})

test('an encrypted assertion may be signed around or inside', () => {
  expect(verdict(signAs(encrypted(unsigned()), 'response'))).toBe('accepted')
  expect(verdict(encrypted(signAs(unsigned(), 'assertion')))).toBe('accepted')
})
