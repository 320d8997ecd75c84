import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseXml, type XmlElement } from '../xml/parse.ts'
import { childNamed } from '../xml/read.ts'
import { dsigNamespace } from './algorithms.ts'
import { signElement } from './sign.ts'
import { digestMatches, readSignature, refersToParent, type Signature, signer, usableKeys } from './verify.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keys = [
  { key: ec.publicKey, fingerprint: 'ec' },
  { key: rsa.publicKey, fingerprint: 'rsa' },
]
const document = '<a ID="_a" xmlns:xs="urn:xs"><Issuer>i</Issuer><b c="d">e</b></a>'
const signed = signElement(document, { id: '_a', key: rsa.privateKey, certificate: 'QUJD', inclusivePrefixes: ['xs'] })

function signatureElement(xml: string): XmlElement {
  const parsed = parseXml(xml)
  if (!parsed.ok) throw new Error(`${parsed.error.code}: ${xml}`)
  const element =
    parsed.value.namespace === dsigNamespace ? parsed.value : childNamed(parsed.value, dsigNamespace, 'Signature')
  if (element === undefined) throw new Error('No signature.')
  return element
}

function read(xml: string): Signature {
  const signature = readSignature(signatureElement(xml))
  if (!signature.ok) throw new Error(signature.error)
  return signature.value
}

function whose(xml: string): string | undefined {
  const signature = read(xml)
  return signer(signature, usableKeys(signature, keys))?.fingerprint
}

/** Takes the place of a pattern that must be there. */
function edit(from: string | RegExp, to: string): string {
  const changed = signed.replace(from, to)
  if (changed === signed) throw new Error(`Nothing to replace: ${from}`)
  return changed
}

describe('a signature of our own', () => {
  test('is read, refers to its parent, verifies with the right key and covers the parent', () => {
    const signature = read(signed)
    expect(signature).toMatchObject({ referenceUri: '#_a', contentPrefixes: ['xs'], signedInfoPrefixes: [] })
    expect([refersToParent(signature), whose(signed), digestMatches(signature)]).toEqual([true, 'rsa', true])
  })

  test('is one of ECDSA where the key is', () => {
    const xml = signElement(document, { id: '_a', key: ec.privateKey })
    expect([whose(xml), digestMatches(read(xml))]).toEqual(['ec', true])
  })

  test.each([
    ['the reference', '#_a', '#_b', { refers: false, signer: undefined, digest: true }],
    ['the content', '>e<', '>f<', { refers: true, signer: 'rsa', digest: false }],
    ['an attribute', 'c="d"', 'c="e"', { refers: true, signer: 'rsa', digest: false }],
    ['the ID', 'ID="_a"', 'ID="_b"', { refers: false, signer: 'rsa', digest: false }],
    ['a namespace of the prefix list', 'urn:xs', 'urn:xt', { refers: true, signer: 'rsa', digest: false }],
    ['what KeyInfo says', 'QUJD', 'QUJE', { refers: true, signer: 'rsa', digest: true }],
    ['white space in SignedInfo', '<ds:Reference', ' <ds:Reference', { refers: true, signer: undefined, digest: true }],
    ['white space in the values', /(?<=<ds:DigestValue>)/, '\n', { refers: true, signer: undefined, digest: true }],
  ])('notices a change of %s', (_what, from, to, wanted) => {
    const xml = edit(from, to)
    const signature = read(xml)
    const found = { refers: refersToParent(signature), signer: whose(xml), digest: digestMatches(signature) }
    expect(found).toEqual(wanted)
  })

  test('may have its value in lines', () => {
    expect(whose(signed.replace(/(?<=<ds:SignatureValue>)[^<]+/, (value) => value.replace(/.{64}/g, '$&\n')))).toBe(
      'rsa',
    )
  })
})

describe('the form of a signature', () => {
  const transform = (algorithm: string) => `<ds:Transform Algorithm="${algorithm}"/>`
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const transforms = /<ds:Transforms>.*<\/ds:Transforms>/
  const enveloped = transform('http://www.w3.org/2000/09/xmldsig#enveloped-signature')
  const use = (...list: string[]) => `<ds:Transforms>${list.join('')}</ds:Transforms>`
  const signedInfo = /<ds:SignedInfo>.*<\/ds:SignedInfo>/.exec(signed)?.[0] ?? ''
  const value = /<ds:SignatureValue>.*<\/ds:SignatureValue>/

  test.each<[string, string]>([
    ['a Signature that is the whole document', /<ds:Signature .*<\/ds:Signature>/.exec(signed)?.[0] ?? ''],
    ['a Signature without SignedInfo', edit(signedInfo, '')],
    ['a Signature without SignedInfo', edit(signedInfo, '<SignedInfo/>')],
    ['no SignatureValue after SignedInfo', edit(signedInfo, signedInfo + signedInfo)],
    ['no SignatureValue after SignedInfo', edit(value, '')],
    ['a SignatureValue that is not base64 text', edit(value, '<ds:SignatureValue>*</ds:SignatureValue>')],
    ['a SignatureValue that is not base64 text', edit('<ds:SignatureValue>', '<ds:SignatureValue><b/>')],
    ['ds:Object in a Signature', edit(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:Object/>')],
    ['ds:Object in a Signature', edit('</ds:Signature>', '<ds:Object/></ds:Signature>')],
    [
      'no CanonicalizationMethod first in SignedInfo',
      edit(/<ds:CanonicalizationMethod .*<\/ds:CanonicalizationMethod>/, ''),
    ],
    ['no SignatureMethod second in SignedInfo', edit(/<ds:SignatureMethod .*<\/ds:SignatureMethod>/, '')],
    [
      'parameters of SignatureMethod',
      edit('</ds:SignatureMethod>', '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>'),
    ],
    ['no Reference in SignedInfo', edit(/<ds:Reference .*<\/ds:Reference>/, '')],
    ['a second ds:Reference in SignedInfo', edit('</ds:Reference>', '</ds:Reference><ds:Reference/>')],
    ['a Reference without Transforms', edit(transforms, '')],
    ['no DigestMethod after Transforms', edit(/<ds:DigestMethod .*<\/ds:DigestMethod>/, '')],
    ['no DigestValue after DigestMethod', edit(/<ds:DigestValue>.*<\/ds:DigestValue>/, '')],
    [
      'ds:DigestValue in a Reference',
      edit('</ds:DigestValue>', '</ds:DigestValue><ds:DigestValue>QQ==</ds:DigestValue>'),
    ],
    ['a DigestValue that is not base64 text', edit('<ds:DigestValue>', '<ds:DigestValue>.')],
    ['a first Transform other than enveloped-signature', edit(transforms, use(transform(exclusive)))],
    ['a first Transform other than enveloped-signature', edit(transforms, use())],
    ['a first Transform other than enveloped-signature', edit(transforms, use(transform(exclusive), enveloped))],
    [
      'a first Transform other than enveloped-signature',
      edit(
        transforms,
        use('<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>', transform(exclusive)),
      ),
    ],
    [
      'parameters of the enveloped-signature Transform',
      edit(transforms, use(enveloped.replace('/>', '><b/></ds:Transform>'), transform(exclusive))),
    ],
    ['no second Transform, which means inclusive canonicalisation', edit(transforms, use(enveloped))],
    ['no second Transform, which means inclusive canonicalisation', edit(transforms, use(enveloped, '<b/>'))],
    ['a third Transform', edit(transforms, use(enveloped, transform(exclusive), transform(exclusive)))],
    [
      'the canonicalisation "http://www.w3.org/TR/1999/REC-xpath-19991116"',
      edit(transforms, use(enveloped, transform('http://www.w3.org/TR/1999/REC-xpath-19991116'))),
    ],
    [
      'the canonicalisation "http://www.w3.org/TR/1999/REC-xslt-19991116"',
      edit(transforms, use(enveloped, transform('http://www.w3.org/TR/1999/REC-xslt-19991116'))),
    ],
    [
      'the canonicalisation "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
      edit(`Algorithm="${exclusive}"></ds:Can`, 'Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></ds:Can'),
    ],
    ['the canonicalisation "null"', edit(` Algorithm="${exclusive}"></ds:Can`, '></ds:Can')],
    [
      'parameters of the canonicalisation other than InclusiveNamespaces',
      edit('</ds:CanonicalizationMethod>', '<b/></ds:CanonicalizationMethod>'),
    ],
    [
      'parameters of the canonicalisation other than InclusiveNamespaces',
      edit('</ec:InclusiveNamespaces>', '</ec:InclusiveNamespaces><b/>'),
    ],
    ['more than 32 prefixes in a PrefixList', edit('PrefixList="xs"', `PrefixList="${'a '.repeat(33)}"`)],
  ])('%s is refused', (error, xml) => {
    expect(readSignature(signatureElement(xml))).toEqual({ ok: false, error })
  })

  test('of several hundred references the first too many is the last looked at', () => {
    const many = edit(
      '</ds:Reference>',
      `</ds:Reference>${'<ds:Reference><ds:Transforms/></ds:Reference>'.repeat(500)}`,
    )
    expect(readSignature(signatureElement(many))).toEqual({ ok: false, error: 'a second ds:Reference in SignedInfo' })
  })
})

describe('keys and algorithms', () => {
  test.each([
    ['an algorithm that is not in the list', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'],
    ['no algorithm', ''],
    ['ECDSA with SHA-1', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1'],
    ['MD5', 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5'],
    ['DSA', 'http://www.w3.org/2000/09/xmldsig#dsa-sha1'],
  ])('%s fits no key and verifies nothing', (_title, algorithm) => {
    const signature = { ...read(signed), signatureAlgorithm: algorithm }
    expect(usableKeys(signature, keys)).toEqual([])
    expect(signer(signature, keys)).toBeUndefined()
  })

  test('a digest algorithm that is not in the list matches nothing', () => {
    const signature = { ...read(signed), digestAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#md5' }
    expect(digestMatches(signature)).toBe(false)
  })

  test.each([0, 1, 31, 33, 256, 257])('a value of %i bytes is no signature and no digest', (length) => {
    const bytes = Buffer.alloc(length, 1)
    const ecdsa = read(signElement(document, { id: '_a', key: ec.privateKey }))
    for (const signature of [read(signed), ecdsa]) {
      expect(signer({ ...signature, value: bytes }, usableKeys(signature, keys))).toBeUndefined()
      expect(digestMatches({ ...signature, digest: bytes })).toBe(false)
    }
  })
})
