import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { signElement, type SignOptions } from '../../xmldsig/sign.ts'
import { encodePost } from '../bindings.ts'
import { selfSignedCertificate } from '../certificate.ts'
import { type EncryptOptions, encryptAssertion } from '../encrypt.ts'
import { type IssueOptions, issueResponse, type Layout } from '../issue.ts'
import type { Rejection, RejectionCode } from '../rejection.ts'
import { type Expected, readResponse, type VerifiedAssertion, verifyResponse } from '../response.ts'

export interface Keys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly certificate: string
  readonly fingerprint: string
}

export const now = new Date('2026-01-31T12:00:00Z')

export function seconds(count: number): Date {
  return new Date(now.getTime() + count * 1000)
}

async function withCertificate(
  keys: { privateKey: KeyObject; publicKey: KeyObject },
  to = seconds(3600),
): Promise<Keys> {
  const certificate = await selfSignedCertificate({ commonName: 'test', keys, notBefore: seconds(-7200), notAfter: to })
  const fingerprint = createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex')
  return { ...keys, certificate, fingerprint }
}

export const rsaKeys = (modulusLength = 2048): Promise<Keys> =>
  withCertificate(generateKeyPairSync('rsa', { modulusLength }))
export const ecKeys = (namedCurve: string): Promise<Keys> => withCertificate(generateKeyPairSync('ec', { namedCurve }))

/** The identity provider's keys, somebody else's, and the service provider's. */
export const idp = await rsaKeys()
export const stranger = await rsaKeys()
export const sp = await rsaKeys()

export const expected: Expected = {
  idpEntityId: 'http://idp.example/metadata',
  keys: [{ key: idp.publicKey, fingerprint: idp.fingerprint }],
  spEntityId: 'https://gatehouse.example/sp',
  acsUrl: 'https://gatehouse.example/sso/saml/acs/conn_1',
  requestId: '_request',
  now,
  clockSkewSeconds: 180,
  requireSignedResponse: false,
  allowSha1: false,
  decryptionKeys: [sp.privateKey],
}

export const unsignedOptions: IssueOptions = {
  responseId: '_response',
  assertionId: '_assertion',
  issueInstant: now,
  issuer: expected.idpEntityId,
  destination: expected.acsUrl,
  recipient: expected.acsUrl,
  audience: expected.spEntityId,
  inResponseTo: '_request',
  nameId: 'ada@example.com',
  nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  notBefore: seconds(-10),
  notOnOrAfter: seconds(300),
  sessionIndex: '_session',
  authnInstant: seconds(-20),
  attributes: [
    { name: 'email', values: ['ada@example.com'] },
    { name: 'groups', values: ['Engineering', 'Räte & Söhne'] },
  ],
  layout: 'okta',
  sign: null,
  encrypt: null,
}

export function unsigned(changes: Partial<IssueOptions> = {}): string {
  return issueResponse({ ...unsignedOptions, ...changes })
}

/** Signs what a test has edited, as the identity provider would have. */
export function signAs(
  xml: string,
  what: 'response' | 'assertion' | 'both',
  changes: Partial<SignOptions> = {},
): string {
  const sign = (text: string, id: string) =>
    signElement(text, { id, key: idp.privateKey, certificate: idp.certificate, inclusivePrefixes: ['xs'], ...changes })
  const withAssertion = what === 'response' ? xml : sign(xml, '_assertion')
  return what === 'assertion' ? withAssertion : sign(withAssertion, '_response')
}

/** Replaces text that must be there: an attack that changes nothing would prove nothing. */
export function edit(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, () => to)
  if (changed === xml) throw new Error(`Nothing to replace: ${from}`)
  return changed
}

/** Cuts out the first element of this name, as it stands. */
export function elementText(xml: string, name: string): string {
  const from = xml.indexOf(`<${name}`)
  const to = xml.indexOf(`</${name}>`, from)
  if (from < 0 || to < 0) throw new Error(`No element ${name}.`)
  return xml.slice(from, to + name.length + 3)
}

/** Encrypts the assertion of a message in the layouts that prefix it. */
export function encrypted(xml: string, changes: Partial<EncryptOptions> = {}): string {
  const assertion = elementText(xml, 'saml2:Assertion')
  const options: EncryptOptions = { certificate: sp.certificate, algorithm: 'aes256-gcm', ...changes }
  return edit(xml, assertion, encryptAssertion(assertion, options))
}

export function verifyMessage(
  xml: string,
  changes: Partial<Expected> = {},
): { readonly accepted: VerifiedAssertion } | { readonly refused: Rejection } {
  const read = readResponse(encodePost(xml))
  const verified = read.ok ? verifyResponse(read.value, { ...expected, ...changes }) : read
  return verified.ok ? { accepted: verified.value } : { refused: verified.error }
}

/** The verdict in one word. */
export function verdict(xml: string, changes: Partial<Expected> = {}): 'accepted' | RejectionCode {
  const outcome = verifyMessage(xml, changes)
  return 'accepted' in outcome ? 'accepted' : outcome.refused.code
}

export const layouts: readonly Layout[] = ['okta', 'entra', 'google']
