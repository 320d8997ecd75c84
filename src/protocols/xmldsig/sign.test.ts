import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { describe, expect, test } from 'vitest'
import { issueResponse } from '../saml/issue.ts'
import { expected, idp, layouts, signAs, unsigned, unsignedOptions, verdict } from '../saml/testdata/messages.ts'
import { signElement } from './sign.ts'

const pem = {
  public: idp.publicKey.export({ format: 'pem', type: 'spki' }),
  private: idp.privateKey.export({ format: 'pem', type: 'pkcs8' }),
}
const digests = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'] as const
const signatures = [
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
] as const
/** Without U+0085 and U+2028, which xmldom takes for line ends, as only XML 1.1 does. */
const awkward = {
  nameId: ' Ünïcödé "<&>\'\t\n\r]]> ',
  attributes: [{ name: 'a\n"<&>', values: ['\u{1f600}', ''] }],
}

describe('xml-crypto verifies what we sign', () => {
  const cases = layouts.flatMap((layout) =>
    signatures.flatMap((signatureAlgorithm) =>
      digests.map((digestAlgorithm) => [layout, signatureAlgorithm, digestAlgorithm] as const),
    ),
  )
  test.each(cases)('in the layout of %s with %s and %s', (layout, signatureAlgorithm, digestAlgorithm) => {
    const { privateKey: key, certificate } = idp
    const sign = { response: true, assertion: true, key, certificate, signatureAlgorithm, digestAlgorithm }
    const xml = issueResponse({ ...unsignedOptions, ...awkward, layout, sign })
    const found = new SignedXml().findSignatures(domOf(xml))
    expect(found).toHaveLength(2)
    for (const signature of found) {
      const verifier = new SignedXml({ publicCert: pem.public })
      verifier.loadSignature(signature)
      expect(verifier.checkSignature(xml)).toBe(true)
    }
  })

  test('and not what was changed since', () => {
    const xml = signAs(unsigned(), 'assertion').replace('ada@', 'eve@')
    const verifier = new SignedXml({ publicCert: pem.public })
    verifier.loadSignature(new SignedXml().findSignatures(domOf(xml))[0] ?? '')
    expect(verifier.checkSignature(xml)).toBe(false)
  })
})

describe('we verify what xml-crypto signs', () => {
  const cases = layouts.flatMap((layout) =>
    (['Response', 'Assertion'] as const).flatMap((element) =>
      [[], ['xs']].map((prefixList) => [layout, element, prefixList] as const),
    ),
  )
  test.each(cases)('in the layout of %s, over the %s, with the prefix list %j', (layout, element, prefixList) => {
    expect(verdict(signWithXmlCrypto(unsigned({ ...awkward, layout }), element, prefixList))).toBe('accepted')
  })

  test('with white space and a declaration around', () => {
    const pretty = unsigned(awkward).replace(/>(?=<saml2)/g, '>\n  ')
    const xml = signWithXmlCrypto(`<?xml version="1.0" encoding="UTF-8"?>\n${pretty}\n`, 'Assertion', ['xs'])
    expect(verdict(xml)).toBe('accepted')
  })

  test('and not what was changed since', () => {
    const xml = signWithXmlCrypto(unsigned(), 'Assertion', []).replace('ada@', 'eve@')
    expect(verdict(xml)).toBe('wrong_digest')
  })
})

function signWithXmlCrypto(xml: string, element: 'Response' | 'Assertion', prefixList: string[]): string {
  const signer = new SignedXml({
    privateKey: pem.private,
    signatureAlgorithm: signatures[0],
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  signer.addReference({
    xpath: `//*[local-name()='${element}']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: digests[0],
    inclusiveNamespacesPrefixList: prefixList,
  })
  const reference = `//*[local-name()='${element}']/*[local-name()='Issuer']`
  signer.computeSignature(xml, { prefix: 'dsig', location: { reference, action: 'after' } })
  return signer.getSignedXml()
}

const xmlsec1 = '/usr/bin/xmlsec1'
if (existsSync(xmlsec1)) {
  const ids = ['Response', 'Assertion'].map((name, at) => [
    `--id-attr:ID`,
    `urn:oasis:names:tc:SAML:2.0:${at === 0 ? 'protocol' : 'assertion'}:${name}`,
  ])
  // From 1.3 on it wants to be told which key to use, which is what a service provider knows and a message does not.
  const lax = /1\.[3-9]/.test(spawnSync(xmlsec1, ['--version']).stdout.toString()) ? ['--lax-key-search'] : []

  const run = (command: string[], xml: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'xmlsec-'))
    try {
      writeFileSync(join(folder, 'public.pem'), pem.public)
      writeFileSync(join(folder, 'private.pem'), pem.private)
      writeFileSync(join(folder, 'message.xml'), xml)
      return spawnSync(xmlsec1, [...command, ...lax, ...ids.flat(), 'message.xml'], { cwd: folder, encoding: 'utf8' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  describe('beside xmlsec1', () => {
    test.each(layouts)('it verifies what we sign in the layout of %s', (layout) => {
      for (const what of ['response', 'assertion'] as const) {
        const xml = signAs(unsigned({ ...awkward, layout }), what, { certificate: undefined })
        const { status, stderr } = run(['--verify', '--pubkey-pem', 'public.pem'], xml)
        expect(status, stderr).toBe(0)
      }
    })

    test.each(layouts)('we verify what it signs in the layout of %s', (layout) => {
      const template = signAs(unsigned({ ...awkward, layout }), 'response', { certificate: undefined })
        .replace(/(?<=<ds:DigestValue>)[^<]*/, '')
        .replace(/(?<=<ds:SignatureValue>)[^<]*/, '')
      const { status, stdout, stderr } = run(['--sign', '--privkey-pem', 'private.pem'], template)
      expect(status, stderr).toBe(0)
      expect(verdict(stdout)).toBe('accepted')
    })
  })
}

describe('where the signature goes', () => {
  const { privateKey: key } = idp
  test.each([
    ['after Issuer', '<a ID="i"><Issuer>x</Issuer><b/></a>', '<a ID="i"><Issuer>x</Issuer><ds:Signature'],
    ['first where there is no Issuer', '<a ID="i"><b/></a>', '<a ID="i"><ds:Signature'],
    ['into an element with text alone', '<a ID="i">x</a>', '<a ID="i">x<ds:Signature'],
    ['into the element with the ID', '<a ID="o"><b ID="i"><c/></b></a>', '<a ID="o"><b ID="i"><ds:Signature'],
  ])('%s', (_title, xml, beginning) => {
    expect(signElement(xml, { id: 'i', key }).slice(0, beginning.length)).toBe(beginning)
  })

  test('everything else stays as it was', () => {
    const xml = unsigned(awkward)
    expect(signAs(xml, 'assertion').replace(/<ds:Signature .*<\/ds:Signature>/, '')).toBe(xml)
  })

  test.each([
    ['text that is no XML', '<a', {}, /not XML/],
    ['an ID that is not there', '<a ID="o"><b/></a>', {}, /No element/],
    ['an empty-element tag', '<a ID="i"/>', {}, /empty element/],
    ['a carriage return', '<a ID="i">\r\n<b/></a>', {}, /carriage return/],
    ['an unknown algorithm', '<a ID="i"><b/></a>', { signatureAlgorithm: 'urn:x' }, /urn:x is not supported/],
    ['an unknown digest', '<a ID="i"><b/></a>', { digestAlgorithm: 'urn:x' }, /urn:x is not supported/],
    [
      'a key of another kind',
      '<a ID="i"><b/></a>',
      { signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256' },
      /key of type ec/,
    ],
  ])('%s is refused', (_title, xml, changes, message) => {
    expect(() => signElement(xml, { id: 'i', key, ...changes })).toThrow(message)
  })
})

test('a key of another family signs with its own algorithm', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const xml = signAs(unsigned(), 'both', { key: privateKey })
  expect(xml).toContain('xmldsig-more#ecdsa-sha256')
  expect(verdict(xml, { keys: [{ key: publicKey, fingerprint: 'f' }] })).toBe('accepted')
  expect(verdict(xml, expected)).toBe('unusable_certificates')
})

/** xml-crypto is typed for the browser's DOM, and fed xmldom's everywhere. */
function domOf(xml: string): Node {
  return new DOMParser().parseFromString(xml, 'text/xml') as unknown as Node
}
