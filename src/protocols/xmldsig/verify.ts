import { hash, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { ok, refused, type Result } from '../result.ts'
import { canonicalize } from '../xml/c14n.ts'
import type { XmlElement } from '../xml/parse.ts'
import { attributeOf, bytesOf, describe, elementsOf, isNamed } from '../xml/read.ts'
import {
  digestAlgorithms,
  dsigNamespace,
  envelopedSignature,
  exclusiveC14n,
  keyTypeOf,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from './algorithms.ts'

/** One enveloped signature, read but not verified. What it signs is its parent, never something looked up. */
export interface Signature {
  readonly element: XmlElement
  readonly signed: XmlElement
  readonly signedInfo: XmlElement
  /** PrefixList of SignedInfo's own canonicalisation. */
  readonly signedInfoPrefixes: readonly string[]
  readonly signatureAlgorithm: string
  readonly digestAlgorithm: string
  readonly referenceUri: string | null
  /** PrefixList of the canonicalisation of what is signed. */
  readonly contentPrefixes: readonly string[]
  readonly digest: Buffer
  readonly value: Buffer
}

export interface VerificationKey {
  readonly key: KeyObject
  readonly fingerprint: string
}

/**
 * Reads `ds:Signature` if it has the one form that SAML allows (core §5.4): one reference, the enveloped-signature
 * transform, exclusive canonicalisation. KeyInfo is not read at all: keys come from the connection, never from a message.
 * The error says what was found instead.
 */
export function readSignature(element: XmlElement): Result<Signature, string> {
  const { parent } = element
  if (parent === null) return refused('a Signature that is the whole document')
  const [signedInfo, signatureValue, keyInfo, ...more] = elementsOf(element)
  if (signedInfo === undefined || !isDsig(signedInfo, 'SignedInfo')) return refused('a Signature without SignedInfo')
  if (signatureValue === undefined || !isDsig(signatureValue, 'SignatureValue'))
    return refused('no SignatureValue after SignedInfo')
  if (keyInfo !== undefined && !isDsig(keyInfo, 'KeyInfo')) return refused(`${describe(keyInfo)} in a Signature`)
  if (more[0] !== undefined) return refused(`${describe(more[0])} in a Signature`)

  const [c14nMethod, signatureMethod, reference, ...others] = elementsOf(signedInfo)
  if (c14nMethod === undefined || !isDsig(c14nMethod, 'CanonicalizationMethod'))
    return refused('no CanonicalizationMethod first in SignedInfo')
  if (signatureMethod === undefined || !isDsig(signatureMethod, 'SignatureMethod'))
    return refused('no SignatureMethod second in SignedInfo')
  if (elementsOf(signatureMethod).length > 0) return refused('parameters of SignatureMethod')
  if (reference === undefined || !isDsig(reference, 'Reference')) return refused('no Reference in SignedInfo')
  if (others[0] !== undefined) return refused(`a second ${describe(others[0])} in SignedInfo`)

  const signedInfoPrefixes = readExclusive(c14nMethod)
  if (!signedInfoPrefixes.ok) return signedInfoPrefixes
  const content = readReference(reference)
  if (!content.ok) return content
  const value = bytesOf(signatureValue)
  if (value === null) return refused('a SignatureValue that is not base64 text')
  return ok({
    element,
    signed: parent,
    signedInfo,
    signedInfoPrefixes: signedInfoPrefixes.value,
    signatureAlgorithm: attributeOf(signatureMethod, 'Algorithm') ?? '',
    referenceUri: attributeOf(reference, 'URI'),
    value,
    ...content.value,
  })
}

function readReference(
  reference: XmlElement,
): Result<Pick<Signature, 'contentPrefixes' | 'digestAlgorithm' | 'digest'>, string> {
  const [transforms, digestMethod, digestValue, ...more] = elementsOf(reference)
  if (transforms === undefined || !isDsig(transforms, 'Transforms')) return refused('a Reference without Transforms')
  if (digestMethod === undefined || !isDsig(digestMethod, 'DigestMethod'))
    return refused('no DigestMethod after Transforms')
  if (digestValue === undefined || !isDsig(digestValue, 'DigestValue'))
    return refused('no DigestValue after DigestMethod')
  if (more[0] !== undefined) return refused(`${describe(more[0])} in a Reference`)

  const [enveloped, exclusive, ...others] = elementsOf(transforms)
  if (enveloped === undefined || !isTransform(enveloped) || attributeOf(enveloped, 'Algorithm') !== envelopedSignature)
    return refused('a first Transform other than enveloped-signature')
  // Identity providers on xml-crypto repeat the prefix list here, in a namespace of its own; it means nothing.
  if (elementsOf(enveloped).some(({ localName }) => localName !== 'InclusiveNamespaces'))
    return refused('parameters of the enveloped-signature Transform')
  if (exclusive === undefined || !isTransform(exclusive))
    return refused('no second Transform, which means inclusive canonicalisation')
  if (others.length > 0) return refused('a third Transform')
  const contentPrefixes = readExclusive(exclusive)
  if (!contentPrefixes.ok) return contentPrefixes
  const digest = bytesOf(digestValue)
  if (digest === null) return refused('a DigestValue that is not base64 text')
  return ok({
    contentPrefixes: contentPrefixes.value,
    digestAlgorithm: attributeOf(digestMethod, 'Algorithm') ?? '',
    digest,
  })
}

/** Exclusive canonicalisation and its PrefixList. Any other method could canonicalise to nothing, or to something else. */
function readExclusive(method: XmlElement): Result<readonly string[], string> {
  const algorithm = attributeOf(method, 'Algorithm')
  if (algorithm !== exclusiveC14n) return refused(`the canonicalisation "${algorithm}"`)
  const [parameters, ...more] = elementsOf(method)
  if (parameters === undefined) return ok([])
  if (!isNamed(parameters, exclusiveC14n, 'InclusiveNamespaces') || more.length > 0)
    return refused('parameters of the canonicalisation other than InclusiveNamespaces')
  const prefixes = (attributeOf(parameters, 'PrefixList') ?? '').split(/[ \t\r\n]+/).filter((prefix) => prefix !== '')
  if (prefixes.length > 32) return refused('more than 32 prefixes in a PrefixList')
  return ok(prefixes)
}

function isDsig(element: XmlElement, localName: string): boolean {
  return isNamed(element, dsigNamespace, localName)
}

function isTransform(element: XmlElement): boolean {
  return isDsig(element, 'Transform')
}

/** XML Signature §3.2.2 and SAML core §5.4.2: the reference names the element the signature stands in. */
export function refersToParent(signature: Signature): boolean {
  const id = attributeOf(signature.signed, 'ID')
  return id !== null && signature.referenceUri === `#${id}`
}

/** Keys that the signature's algorithm may be used with; a key of another type would mean another algorithm. */
export function usableKeys(signature: Signature, keys: readonly VerificationKey[]): VerificationKey[] {
  const type = signatureAlgorithms.get(signature.signatureAlgorithm)?.keyType
  return keys.filter(({ key }) => type !== undefined && keyTypeOf(key) === type)
}

/** The first of the keys that made the signature over SignedInfo; undefined when none did. */
export function signer(signature: Signature, keys: readonly VerificationKey[]): VerificationKey | undefined {
  const algorithm = signatureAlgorithms.get(signature.signatureAlgorithm)
  if (algorithm === undefined) return undefined
  const signedInfo = Buffer.from(
    canonicalize(signature.signedInfo, { inclusivePrefixes: signature.signedInfoPrefixes }),
  )
  return keys.find(({ key }) => verifyBytes(algorithm, signedInfo, key, signature.value))
}

/** XML Signature §6.4.3 writes an ECDSA signature as two numbers side by side, not as DER. */
export function verifyBytes(
  { hash: name, keyType }: SignatureAlgorithm,
  data: Buffer,
  key: KeyObject,
  value: Buffer,
): boolean {
  // Node takes half as long again over a key in an object.
  return verify(name, data, keyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' } : key, value)
}

/** Whether the parent still has the content that was signed. */
export function digestMatches(signature: Signature): boolean {
  const algorithm = digestAlgorithms.get(signature.digestAlgorithm)
  if (algorithm === undefined) return false
  const canonical = canonicalize(signature.signed, {
    inclusivePrefixes: signature.contentPrefixes,
    omit: signature.element,
  })
  const actual = hash(algorithm.hash, canonical, 'buffer')
  return actual.length === signature.digest.length && timingSafeEqual(actual, signature.digest)
}
