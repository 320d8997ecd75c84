import type { KeyObject } from 'node:crypto'
import { escapeAttribute, escapeText } from '../xml/escape.ts'
import { signElement } from '../xmldsig/sign.ts'
import { type EncryptOptions, encryptAssertion } from './encrypt.ts'
import { formatInstant } from './instant.ts'
import {
  assertionNamespace,
  bearerMethod,
  protocolNamespace,
  schemaInstanceNamespace,
  schemaNamespace,
  statusSuccess,
} from './names.ts'

export interface IssuedAttribute {
  readonly name: string
  readonly nameFormat?: string | undefined
  readonly values: readonly string[]
  /** Whether the values say that they are strings; by default as the layout does. */
  readonly xsiType?: boolean | undefined
}

/** Whose habits of prefixes and namespaces to follow; what is signed is chosen separately. */
export type Layout = 'okta' | 'entra' | 'google'

export interface IssueSigning {
  readonly response: boolean
  readonly assertion: boolean
  readonly key: KeyObject
  /** Base64 DER. */
  readonly certificate: string
  readonly signatureAlgorithm?: string | undefined
  readonly digestAlgorithm?: string | undefined
}

interface ResponseHeader {
  readonly responseId: string
  readonly issueInstant: Date
  readonly issuer: string
  readonly destination: string
  /** Null for a response nobody asked for. */
  readonly inResponseTo: string | null
  readonly layout: Layout
  /** Null sends it unsigned, which a service provider has to refuse. */
  readonly sign: IssueSigning | null
}

export interface IssueOptions extends ResponseHeader {
  readonly assertionId: string
  readonly recipient: string
  readonly audience: string
  readonly nameId: string
  readonly nameIdFormat: string
  readonly notBefore: Date
  readonly notOnOrAfter: Date
  readonly sessionIndex: string
  readonly authnInstant: Date
  readonly attributes: readonly IssuedAttribute[]
  readonly encrypt: EncryptOptions | null
}

export interface IssueErrorOptions extends ResponseHeader {
  readonly statusCode: string
  readonly subStatusCode?: string | undefined
  readonly statusMessage?: string | undefined
}

/** A response with one assertion, in this order: sign the assertion, encrypt it, sign the response. */
export function issueResponse(options: IssueOptions): string {
  const { layout, sign, encrypt } = options
  let content = assertion(options)
  if (sign?.assertion) content = signed(content, options.assertionId, sign, layout)
  if (encrypt !== null) content = encryptAssertion(content, encrypt)
  const message = response(options, `<${habits[layout].protocol}:StatusCode Value="${statusSuccess}"/>`, content)
  return sign?.response ? signed(message, options.responseId, sign, layout) : message
}

/** A response that says no (core §3.2.2.2): a status, and no assertion. */
export function issueErrorResponse(options: IssueErrorOptions): string {
  const { layout, sign, statusCode, subStatusCode, statusMessage } = options
  const { protocol } = habits[layout]
  const inner = subStatusCode === undefined ? '' : `<${protocol}:StatusCode Value="${escapeAttribute(subStatusCode)}"/>`
  const status =
    `<${protocol}:StatusCode Value="${escapeAttribute(statusCode)}">${inner}</${protocol}:StatusCode>` +
    (statusMessage === undefined
      ? ''
      : `<${protocol}:StatusMessage>${escapeText(statusMessage)}</${protocol}:StatusMessage>`)
  const message = response(options, status, '')
  return sign?.response ? signed(message, options.responseId, sign, layout) : message
}

interface Habits {
  readonly protocol: string
  /** Before the names of the assertion; empty for the default namespace. */
  readonly assertion: string
  readonly signaturePrefix: string
  /** What a value says it is. */
  readonly valueType: string | null
  readonly inclusivePrefixes: readonly string[]
}

const habits: Readonly<Record<Layout, Habits>> = {
  okta: {
    protocol: 'saml2p',
    assertion: 'saml2:',
    signaturePrefix: 'ds',
    valueType: 'xs:string',
    inclusivePrefixes: ['xs'],
  },
  entra: { protocol: 'samlp', assertion: '', signaturePrefix: '', valueType: null, inclusivePrefixes: [] },
  google: {
    protocol: 'saml2p',
    assertion: 'saml2:',
    signaturePrefix: 'ds',
    valueType: 'xs:anyType',
    inclusivePrefixes: [],
  },
}

function signed(xml: string, id: string, sign: IssueSigning, layout: Layout): string {
  const { key, certificate, signatureAlgorithm, digestAlgorithm } = sign
  const { signaturePrefix, inclusivePrefixes } = habits[layout]
  return signElement(xml, {
    id,
    key,
    certificate,
    signatureAlgorithm,
    digestAlgorithm,
    inclusivePrefixes,
    prefix: signaturePrefix,
  })
}

function response(header: ResponseHeader, status: string, content: string): string {
  const { protocol, assertion: prefix, inclusivePrefixes } = habits[header.layout]
  const inResponseTo = header.inResponseTo === null ? '' : ` InResponseTo="${escapeAttribute(header.inResponseTo)}"`
  const schema = inclusivePrefixes.includes('xs') ? ` xmlns:xs="${schemaNamespace}"` : ''
  return (
    `<${protocol}:Response xmlns:${protocol}="${protocolNamespace}"${schema} ID="${escapeAttribute(header.responseId)}" ` +
    `Version="2.0" IssueInstant="${formatInstant(header.issueInstant)}" ` +
    `Destination="${escapeAttribute(header.destination)}"${inResponseTo}>` +
    `<${prefix}Issuer ${declaration(prefix)}>${escapeText(header.issuer)}</${prefix}Issuer>` +
    `<${protocol}:Status>${status}</${protocol}:Status>${content}</${protocol}:Response>`
  )
}

function declaration(prefix: string): string {
  return prefix === '' ? `xmlns="${assertionNamespace}"` : `xmlns:${prefix.slice(0, -1)}="${assertionNamespace}"`
}

function assertion(options: IssueOptions): string {
  const { assertion: p, inclusivePrefixes } = habits[options.layout]
  const schema = inclusivePrefixes.includes('xs') ? ` xmlns:xs="${schemaNamespace}"` : ''
  const inResponseTo = options.inResponseTo === null ? '' : ` InResponseTo="${escapeAttribute(options.inResponseTo)}"`
  const notOnOrAfter = formatInstant(options.notOnOrAfter)
  return (
    `<${p}Assertion ${declaration(p)}${schema} ID="${escapeAttribute(options.assertionId)}" ` +
    `IssueInstant="${formatInstant(options.issueInstant)}" Version="2.0">` +
    `<${p}Issuer>${escapeText(options.issuer)}</${p}Issuer>` +
    `<${p}Subject><${p}NameID Format="${escapeAttribute(options.nameIdFormat)}">${escapeText(options.nameId)}</${p}NameID>` +
    `<${p}SubjectConfirmation Method="${bearerMethod}"><${p}SubjectConfirmationData${inResponseTo} ` +
    `NotOnOrAfter="${notOnOrAfter}" Recipient="${escapeAttribute(options.recipient)}"/></${p}SubjectConfirmation></${p}Subject>` +
    `<${p}Conditions NotBefore="${formatInstant(options.notBefore)}" NotOnOrAfter="${notOnOrAfter}">` +
    `<${p}AudienceRestriction><${p}Audience>${escapeText(options.audience)}</${p}Audience></${p}AudienceRestriction>` +
    `</${p}Conditions>` +
    `<${p}AuthnStatement AuthnInstant="${formatInstant(options.authnInstant)}" SessionIndex="${escapeAttribute(options.sessionIndex)}">` +
    `<${p}AuthnContext><${p}AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport` +
    `</${p}AuthnContextClassRef></${p}AuthnContext></${p}AuthnStatement>` +
    `${attributeStatement(options)}</${p}Assertion>`
  )
}

function attributeStatement({ attributes, layout }: IssueOptions): string {
  if (attributes.length === 0) return ''
  const { assertion: p } = habits[layout]
  const inside = attributes.map(({ name, nameFormat, values, xsiType }) => {
    const format = nameFormat === undefined ? '' : ` NameFormat="${escapeAttribute(nameFormat)}"`
    const type = valueType(layout, xsiType)
    const content = values.map((value) => `<${p}AttributeValue${type}>${escapeText(value)}</${p}AttributeValue>`)
    return `<${p}Attribute Name="${escapeAttribute(name)}"${format}>${content.join('')}</${p}Attribute>`
  })
  return `<${p}AttributeStatement>${inside.join('')}</${p}AttributeStatement>`
}

function valueType(layout: Layout, wanted: boolean | undefined): string {
  const { valueType: usual } = habits[layout]
  if (wanted === false || (wanted === undefined && usual === null)) return ''
  return ` xmlns:xs="${schemaNamespace}" xmlns:xsi="${schemaInstanceNamespace}" xsi:type="${usual ?? 'xs:string'}"`
}
