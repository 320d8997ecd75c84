import { hash, type KeyObject, sign } from 'node:crypto'
import { canonicalize } from '../xml/c14n.ts'
import { escapeAttribute, escapeText } from '../xml/escape.ts'
import { metadataRules, parseXml, type XmlElement } from '../xml/parse.ts'
import { attributeOf, elementsOf } from '../xml/read.ts'
import {
  digestAlgorithms,
  dsigNamespace,
  envelopedSignature,
  exclusiveC14n,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from './algorithms.ts'

export interface SignOptions {
  /** The `ID` of the element to sign. */
  readonly id: string
  readonly key: KeyObject
  /** Base64 DER for KeyInfo. Readers that know us ignore it. */
  readonly certificate?: string | undefined
  /** RSA-SHA256, or ECDSA-SHA256 for an EC key. */
  readonly signatureAlgorithm?: string | undefined
  /** SHA-256. */
  readonly digestAlgorithm?: string | undefined
  readonly inclusivePrefixes?: readonly string[] | undefined
  /** The prefix of the signature's own elements; empty puts it into the default namespace. */
  readonly prefix?: string | undefined
}

/**
 * Puts an enveloped signature into a document we made ourselves: right after Issuer, where the SAML schema wants it, or
 * first where there is none (metadata). Everything else in the text stays as it is.
 * @throws RangeError when the text is not XML, has no such element, or the algorithm is not one we know.
 */
export function signElement(xml: string, options: SignOptions): string {
  const target = findTarget(xml, options.id)
  const algorithm = chooseAlgorithm(options)
  const name = options.prefix === '' ? '' : `${options.prefix ?? 'ds'}:`
  const declaration = name === '' ? `xmlns="${dsigNamespace}"` : `xmlns:${name.slice(0, -1)}="${dsigNamespace}"`

  const content = signedInfoContent(target, options, algorithm.uri, name)
  // Exclusive C14N of SignedInfo alone: the namespace moves onto it, and nothing else can change.
  const signedInfo = `<${name}SignedInfo ${declaration}>${content}</${name}SignedInfo>`
  const value = sign(algorithm.hash, Buffer.from(signedInfo), { key: options.key, dsaEncoding: 'ieee-p1363' })

  const keyInfo =
    options.certificate === undefined
      ? ''
      : `<${name}KeyInfo><${name}X509Data><${name}X509Certificate>${escapeText(options.certificate)}</${name}X509Certificate></${name}X509Data></${name}KeyInfo>`
  const signature =
    `<${name}Signature ${declaration}><${name}SignedInfo>${content}</${name}SignedInfo>` +
    `<${name}SignatureValue>${value.toString('base64')}</${name}SignatureValue>${keyInfo}</${name}Signature>`
  const at = positionFor(xml, target)
  return xml.slice(0, at) + signature + xml.slice(at)
}

function findTarget(xml: string, id: string): XmlElement {
  // A carriage return would shift every position; what we build holds none.
  if (xml.includes('\r')) throw new RangeError('The document to sign contains a carriage return.')
  const parsed = parseXml(xml, metadataRules)
  if (!parsed.ok) throw new RangeError(`The document to sign is not XML: ${parsed.error.detail}.`)
  const target = findById(parsed.value, id)
  if (target === undefined) throw new RangeError(`No element has the ID ${id}.`)
  return target
}

function findById(element: XmlElement, id: string): XmlElement | undefined {
  if (attributeOf(element, 'ID') === id) return element
  for (const child of elementsOf(element)) {
    const found = findById(child, id)
    if (found !== undefined) return found
  }
  return undefined
}

function chooseAlgorithm({ key, signatureAlgorithm }: SignOptions): SignatureAlgorithm & { readonly uri: string } {
  const family = key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa'
  const uri = signatureAlgorithm ?? `http://www.w3.org/2001/04/xmldsig-more#${family}-sha256`
  const algorithm = signatureAlgorithms.get(uri)
  if (algorithm === undefined) throw new RangeError(`The signature algorithm ${uri} is not supported.`)
  if (algorithm.keyType !== key.asymmetricKeyType)
    throw new RangeError(`${uri} needs a key of type ${algorithm.keyType}.`)
  return { ...algorithm, uri }
}

/** The inside of SignedInfo, written as Canonical XML would: no empty-element tags, no space. */
function signedInfoContent(target: XmlElement, options: SignOptions, algorithm: string, name: string): string {
  const { digestAlgorithm = 'http://www.w3.org/2001/04/xmlenc#sha256', inclusivePrefixes = [] } = options
  const digest = digestAlgorithms.get(digestAlgorithm)
  if (digest === undefined) throw new RangeError(`The digest algorithm ${digestAlgorithm} is not supported.`)
  const value = hash(digest.hash, canonicalize(target, { inclusivePrefixes }), 'base64')
  const prefixList =
    inclusivePrefixes.length === 0
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="${exclusiveC14n}" PrefixList="${escapeAttribute(inclusivePrefixes.join(' '))}"></ec:InclusiveNamespaces>`
  return (
    `<${name}CanonicalizationMethod Algorithm="${exclusiveC14n}"></${name}CanonicalizationMethod>` +
    `<${name}SignatureMethod Algorithm="${algorithm}"></${name}SignatureMethod>` +
    `<${name}Reference URI="#${escapeAttribute(options.id)}"><${name}Transforms>` +
    `<${name}Transform Algorithm="${envelopedSignature}"></${name}Transform>` +
    `<${name}Transform Algorithm="${exclusiveC14n}">${prefixList}</${name}Transform>` +
    `</${name}Transforms><${name}DigestMethod Algorithm="${digestAlgorithm}"></${name}DigestMethod>` +
    `<${name}DigestValue>${value}</${name}DigestValue></${name}Reference>`
  )
}

function positionFor(xml: string, target: XmlElement): number {
  const first = elementsOf(target)[0]
  if (first?.localName === 'Issuer') return first.end
  if (first !== undefined) return first.start
  const close = xml.lastIndexOf('</', target.end)
  if (close <= target.start) throw new RangeError('An empty element cannot hold a signature.')
  return close
}
