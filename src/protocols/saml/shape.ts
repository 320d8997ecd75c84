import type { XmlElement } from '../xml/parse.ts'
import { describe, elementsOf } from '../xml/read.ts'
import { dsigNamespace } from '../xmldsig/algorithms.ts'
import { assertionNamespace, encryptionNamespace, protocolNamespace } from './names.ts'

/** Something stands where the grammar has no place for it, or something is missing. */
export interface ShapeProblem {
  /** The element, as a path from the root. */
  readonly where: string
  /** Ends the sentence "the message has …". */
  readonly found: string
}

type Occurs = 'one' | 'optional' | 'many' | 'some'
type Particle = readonly [occurs: Occurs, ...names: string[]]

interface Rule {
  readonly required?: readonly string[]
  readonly attributes?: readonly string[]
  /** Attributes with a namespace may stand here too (xsi:type; `anyAttribute` in the schema). */
  readonly foreign?: true
  /** A sequence of children; or nothing but text; or a text or NameID; or whatever, as long as it is no SAML message. */
  readonly content: readonly Particle[] | 'text' | 'value' | 'opaque'
}

const name: Rule = { attributes: ['NameQualifier', 'SPNameQualifier', 'Format', 'SPProvidedID'], content: 'text' }
const text: Rule = { content: 'text' }
const opaque: Rule = { content: 'opaque' }

/**
 * What a response may consist of (core §2 and §3, XML Encryption §3): the schema, less what nobody signs in with.
 * Signatures have an even narrower form, which their verifier knows.
 */
const grammar: Readonly<Record<string, Rule>> = {
  'samlp:Response': {
    attributes: ['ID', 'Version', 'IssueInstant', 'Destination', 'Consent', 'InResponseTo'],
    content: [
      ['optional', 'saml:Issuer'],
      ['optional', 'ds:Signature'],
      ['optional', 'samlp:Extensions'],
      ['one', 'samlp:Status'],
      ['many', 'saml:Assertion', 'saml:EncryptedAssertion'],
    ],
  },
  'samlp:Extensions': opaque,
  'samlp:Status': {
    content: [
      ['one', 'samlp:StatusCode'],
      ['optional', 'samlp:StatusMessage'],
      ['optional', 'samlp:StatusDetail'],
    ],
  },
  'samlp:StatusCode': { required: ['Value'], content: [['optional', 'samlp:StatusCode']] },
  'samlp:StatusMessage': text,
  'samlp:StatusDetail': opaque,
  'saml:Issuer': name,
  'saml:NameID': name,
  'saml:EncryptedAssertion': {
    content: [
      ['one', 'xenc:EncryptedData'],
      ['many', 'xenc:EncryptedKey'],
    ],
  },
  'xenc:EncryptedData': {
    attributes: ['Id', 'Type', 'MimeType', 'Encoding'],
    content: [
      ['one', 'xenc:EncryptionMethod'],
      ['optional', 'ds:KeyInfo'],
      ['one', 'xenc:CipherData'],
    ],
  },
  'xenc:EncryptedKey': {
    attributes: ['Id', 'Type', 'MimeType', 'Encoding', 'Recipient'],
    content: [
      ['one', 'xenc:EncryptionMethod'],
      ['optional', 'ds:KeyInfo'],
      ['one', 'xenc:CipherData'],
      ['optional', 'xenc:ReferenceList'],
      ['optional', 'xenc:CarriedKeyName'],
    ],
  },
  'xenc:EncryptionMethod': { required: ['Algorithm'], content: 'opaque' },
  // No CipherReference: whoever writes a message would choose what this server fetches.
  'xenc:CipherData': { content: [['one', 'xenc:CipherValue']] },
  'xenc:CipherValue': text,
  'ds:KeyInfo': { attributes: ['Id'], content: [['many', '*']] },
  'ds:Signature': { attributes: ['Id'], content: 'opaque' },
  'saml:Assertion': {
    attributes: ['ID', 'Version', 'IssueInstant'],
    content: [
      ['one', 'saml:Issuer'],
      ['optional', 'ds:Signature'],
      ['optional', 'saml:Subject'],
      ['optional', 'saml:Conditions'],
      ['optional', 'saml:Advice'],
      ['many', 'saml:AuthnStatement', 'saml:AttributeStatement', 'saml:AuthzDecisionStatement'],
    ],
  },
  'saml:Subject': {
    content: [
      ['optional', 'saml:NameID'],
      ['many', 'saml:SubjectConfirmation'],
    ],
  },
  'saml:SubjectConfirmation': {
    required: ['Method'],
    content: [
      ['optional', 'saml:NameID'],
      ['optional', 'saml:SubjectConfirmationData'],
    ],
  },
  'saml:SubjectConfirmationData': {
    attributes: ['NotBefore', 'NotOnOrAfter', 'Recipient', 'InResponseTo', 'Address'],
    foreign: true,
    content: 'opaque',
  },
  'saml:Conditions': {
    attributes: ['NotBefore', 'NotOnOrAfter'],
    // Whether a condition is known is a question of its own (core §2.5.1), with an answer of its own.
    content: [['many', 'saml:AudienceRestriction', 'saml:OneTimeUse', 'saml:ProxyRestriction', '*']],
  },
  'saml:AudienceRestriction': { content: [['some', 'saml:Audience']] },
  'saml:Audience': text,
  'saml:OneTimeUse': { content: [] },
  'saml:ProxyRestriction': { attributes: ['Count'], content: [['many', 'saml:Audience']] },
  'saml:Advice': opaque,
  'saml:AuthnStatement': {
    attributes: ['AuthnInstant', 'SessionIndex', 'SessionNotOnOrAfter'],
    content: [
      ['optional', 'saml:SubjectLocality'],
      ['one', 'saml:AuthnContext'],
    ],
  },
  'saml:SubjectLocality': { attributes: ['Address', 'DNSName'], content: [] },
  'saml:AuthnContext': {
    content: [
      ['optional', 'saml:AuthnContextClassRef'],
      ['optional', 'saml:AuthnContextDecl', 'saml:AuthnContextDeclRef'],
      ['many', 'saml:AuthenticatingAuthority'],
    ],
  },
  'saml:AuthnContextClassRef': text,
  'saml:AuthnContextDecl': opaque,
  'saml:AuthnContextDeclRef': text,
  'saml:AuthenticatingAuthority': text,
  'saml:AuthzDecisionStatement': { attributes: ['Resource', 'Decision'], content: 'opaque' },
  'saml:AttributeStatement': { content: [['many', 'saml:Attribute']] },
  'saml:Attribute': {
    required: ['Name'],
    attributes: ['NameFormat', 'FriendlyName'],
    foreign: true,
    content: [['many', 'saml:AttributeValue']],
  },
  'saml:AttributeValue': { foreign: true, content: 'value' },
}

const prefixes: Readonly<Record<string, string>> = {
  [protocolNamespace]: 'samlp',
  [assertionNamespace]: 'saml',
  [dsigNamespace]: 'ds',
  [encryptionNamespace]: 'xenc',
}

/** Hidden in an extension or in advice, these have made verifiers look at one thing and readers at another. */
const neverNested: ReadonlySet<string> = new Set([
  'samlp:Response',
  'saml:Assertion',
  'saml:EncryptedAssertion',
  'ds:Signature',
])

/** Checks an element and all below it against the grammar; undefined when it fits. */
export function misfit(element: XmlElement, path = ''): ShapeProblem | undefined {
  const qualified = qualifiedName(element)
  const where = path === '' ? qualified : `${path}/${qualified}`
  const rule = grammar[qualified]
  if (rule === undefined) return misfitOpaque(element, where)
  return misfitAttribute(element, rule, where) ?? misfitContent(element, rule, where)
}

function misfitAttribute(element: XmlElement, rule: Rule, where: string): ShapeProblem | undefined {
  for (const { prefix, localName, namespace } of element.attributes) {
    const known = rule.attributes?.includes(localName) || rule.required?.includes(localName)
    if (namespace === null ? !known : rule.foreign !== true)
      return { where, found: `the attribute ${prefix === '' ? '' : `${prefix}:`}${localName}` }
  }
  const missing = rule.required?.find(
    (required) => !element.attributes.some(({ namespace, localName }) => namespace === null && localName === required),
  )
  return missing === undefined ? undefined : { where, found: `no attribute ${missing}` }
}

function misfitContent(element: XmlElement, rule: Rule, where: string): ShapeProblem | undefined {
  const { content } = rule
  if (content === 'opaque') return misfitOpaque(element, where)
  const inside = elementsOf(element)
  if (content === 'text') return inside[0] === undefined ? undefined : { where, found: describe(inside[0]) }
  if (content === 'value' && inside.length === 0) return undefined
  if (element.children.some((child) => typeof child === 'string' && /[^ \t\r\n]/.test(child)))
    return { where, found: 'text beside elements' }
  const particles: readonly Particle[] = content === 'value' ? [['one', 'saml:NameID']] : content
  return misfitSequence(inside, particles, where) ?? firstOf(inside, (child) => misfit(child, where))
}

function misfitSequence(
  inside: readonly XmlElement[],
  particles: readonly Particle[],
  where: string,
): ShapeProblem | undefined {
  let at = 0
  for (const [occurs, ...names] of particles) {
    const from = at
    const most = occurs === 'one' || occurs === 'optional' ? 1 : Number.POSITIVE_INFINITY
    while (at - from < most && isOneOf(inside[at], names)) at += 1
    const next = inside[at]
    if (at === from && (occurs === 'one' || occurs === 'some'))
      return { where, found: `no ${names.join(' or ')}${next ? ` before ${describe(next)}` : ''}` }
  }
  const extra = inside[at]
  return extra === undefined ? undefined : { where, found: `${describe(extra)} at a place where it may not stand` }
}

function isOneOf(element: XmlElement | undefined, names: readonly string[]): boolean {
  return element !== undefined && (names.includes('*') || names.includes(qualifiedName(element)))
}

function misfitOpaque(element: XmlElement, where: string): ShapeProblem | undefined {
  return firstOf(elementsOf(element), (child) =>
    neverNested.has(qualifiedName(child)) ? { where, found: describe(child) } : misfitOpaque(child, where),
  )
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = look(item)
    if (found !== undefined) return found
  }
  return undefined
}

function qualifiedName(element: XmlElement): string {
  const prefix = prefixes[element.namespace ?? '']
  return prefix === undefined ? `{${element.namespace ?? ''}}${element.localName}` : `${prefix}:${element.localName}`
}
