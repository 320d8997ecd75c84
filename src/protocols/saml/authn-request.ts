import { refused, ok, type Result } from '../result.ts'
import { escapeAttribute, escapeText } from '../xml/escape.ts'
import { parseXml, type XmlProblem } from '../xml/parse.ts'
import { attributeOf, childNamed, describe, isNamed, textOf } from '../xml/read.ts'
import { dsigNamespace } from '../xmldsig/algorithms.ts'
import { formatInstant } from './instant.ts'
import { assertionNamespace, postBinding, protocolNamespace, unspecifiedNameId } from './names.ts'

export interface AuthnRequestOptions {
  /** An XML name: begins with a letter or `_`. */
  readonly id: string
  readonly issueInstant: Date
  /** The identity provider's single sign-on URL. */
  readonly destination: string
  readonly acsUrl: string
  readonly spEntityId: string
  readonly forceAuthn: boolean
  /** Becomes the Subject (core §3.4.1). Entra refuses a Subject and reads `login_hint` from its URL's query instead. */
  readonly loginHint?: string | undefined
}

/**
 * The request as most identity providers take it: the NameID format is left to them, because AD FS and Entra fail on any
 * they do not issue, and no RequestedAuthnContext, which would rule out multi-factor and Windows sign-in.
 * @see SAML core §3.4.1, profiles §4.1.4.1
 */
export function authnRequest(options: AuthnRequestOptions): string {
  const { id, issueInstant, destination, acsUrl, spEntityId, forceAuthn, loginHint } = options
  return (
    `<samlp:AuthnRequest xmlns:samlp="${protocolNamespace}" ID="${escapeAttribute(id)}" Version="2.0" ` +
    `IssueInstant="${formatInstant(issueInstant)}" Destination="${escapeAttribute(destination)}" ` +
    `AssertionConsumerServiceURL="${escapeAttribute(acsUrl)}" ProtocolBinding="${postBinding}"` +
    `${forceAuthn ? ' ForceAuthn="true"' : ''}>` +
    `<saml:Issuer xmlns:saml="${assertionNamespace}">${escapeText(spEntityId)}</saml:Issuer>` +
    (loginHint === undefined ? '' : subject(loginHint)) +
    `<samlp:NameIDPolicy Format="${unspecifiedNameId}" AllowCreate="true"/></samlp:AuthnRequest>`
  )
}

function subject(loginHint: string): string {
  return (
    `<saml:Subject xmlns:saml="${assertionNamespace}"><saml:NameID Format="${unspecifiedNameId}">` +
    `${escapeText(loginHint)}</saml:NameID></saml:Subject>`
  )
}

export interface AuthnRequest {
  readonly id: string
  readonly issuer: string
  readonly acsUrl: string | null
  readonly destination: string | null
  readonly forceAuthn: boolean
  readonly loginHint: string | null
  /** Whether a signature stands in it; not whether it verifies. */
  readonly signed: boolean
}

export type AuthnRequestProblem =
  | { readonly code: 'not_xml'; readonly problem: XmlProblem }
  | { readonly code: 'not_an_authn_request'; readonly received: string }
  | { readonly code: 'wrong_version'; readonly received: string | null }
  | { readonly code: 'no_id' }
  | { readonly code: 'no_issuer' }

/** The identity provider's side: reads a request, and trusts it no further than its issuer is known. */
export function readAuthnRequest(xml: string): Result<AuthnRequest, AuthnRequestProblem> {
  const parsed = parseXml(xml)
  if (!parsed.ok) return refused({ code: 'not_xml', problem: parsed.error })
  const root = parsed.value
  if (!isNamed(root, protocolNamespace, 'AuthnRequest'))
    return refused({ code: 'not_an_authn_request', received: describe(root) })
  const received = attributeOf(root, 'Version')
  if (received !== '2.0') return refused({ code: 'wrong_version', received })
  const id = attributeOf(root, 'ID')
  if (id === null || id === '') return refused({ code: 'no_id' })
  const issuerElement = childNamed(root, assertionNamespace, 'Issuer')
  const issuer = issuerElement && textOf(issuerElement)
  if (!issuer) return refused({ code: 'no_issuer' })

  const subjectElement = childNamed(root, assertionNamespace, 'Subject')
  const nameId = subjectElement && childNamed(subjectElement, assertionNamespace, 'NameID')
  return ok({
    id,
    issuer,
    acsUrl: attributeOf(root, 'AssertionConsumerServiceURL'),
    destination: attributeOf(root, 'Destination'),
    forceAuthn: ['true', '1'].includes(attributeOf(root, 'ForceAuthn') ?? ''),
    loginHint: (nameId && textOf(nameId)) ?? null,
    signed: childNamed(root, dsigNamespace, 'Signature') !== undefined,
  })
}
