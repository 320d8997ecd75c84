import { createHash } from 'node:crypto'
import type { IssueOptions } from '#protocols/saml/issue.ts'
import { fullName, type Person } from './people.ts'

type Attribute = IssueOptions['attributes'][number]

/** The habits of one vendor, as far as a service provider can see them. */
export interface Kind {
  readonly title: string
  readonly description: string
  readonly layout: IssueOptions['layout']
  readonly signs: { readonly response: boolean; readonly assertion: boolean }
  readonly nameIdFormat: string
  readonly attributes: (person: Person) => readonly Attribute[]
  /** Whether the metadata still lists the certificate of before the last rotation. */
  readonly publishesRetired: boolean
}

const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
const emailAddress = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const unspecifiedName = 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified'

const xmlsoapClaims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoftClaims = 'http://schemas.microsoft.com/identity/claims'

export const kinds = {
  'test-idp': {
    title: 'Test identity provider',
    description: 'Signs the response and the assertion; sends id, email, firstName, lastName and groups.',
    layout: 'okta',
    signs: { response: true, assertion: true },
    nameIdFormat: emailAddress,
    attributes: oktaAttributes,
    publishesRetired: false,
  },
  'okta-like': {
    title: 'Okta-like',
    description:
      'Signs the response and the assertion; the NameID is the username; sends id, email, firstName, lastName and groups.',
    layout: 'okta',
    signs: { response: true, assertion: true },
    nameIdFormat: unspecified,
    attributes: oktaAttributes,
    publishesRetired: false,
  },
  'entra-like': {
    title: 'Entra ID-like',
    description: 'Signs the assertion only; sends claim URIs, and groups as GUIDs; lists several certificates.',
    layout: 'entra',
    signs: { response: false, assertion: true },
    nameIdFormat: emailAddress,
    attributes: entraAttributes,
    publishesRetired: true,
  },
  'google-like': {
    title: 'Google Workspace-like',
    description: 'Signs the assertion only; sends email, firstName, lastName and groups, and has no id to send.',
    layout: 'google',
    signs: { response: false, assertion: true },
    nameIdFormat: emailAddress,
    attributes: googleAttributes,
    publishesRetired: false,
  },
} as const satisfies Record<string, Kind>

export type KindName = keyof typeof kinds

export function isKindName(text: unknown): text is KindName {
  return typeof text === 'string' && Object.hasOwn(kinds, text)
}

/** The four statements of an Okta app as the guides set it up, and a group statement. */
function oktaAttributes(person: Person): readonly Attribute[] {
  const statement = (name: string, values: readonly string[]): Attribute => ({
    name,
    nameFormat: unspecifiedName,
    values: [...values],
    xsiType: true,
  })
  return withoutEmpty([
    statement('id', [person.id]),
    statement('email', [person.email]),
    statement('firstName', [person.firstName]),
    statement('lastName', [person.lastName]),
    statement('groups', person.groups),
  ])
}

function entraAttributes(person: Person): readonly Attribute[] {
  const claim = (name: string, values: readonly string[]): Attribute => ({ name, values: [...values] })
  return withoutEmpty([
    claim(`${microsoftClaims}/tenantid`, [guidFor('tenant')]),
    claim(`${microsoftClaims}/objectidentifier`, [guidFor(person.id)]),
    claim(`${microsoftClaims}/displayname`, [fullName(person)]),
    claim('http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', person.groups.map(guidFor)),
    claim(`${microsoftClaims}/identityprovider`, [`https://sts.windows.net/${guidFor('tenant')}/`]),
    claim('http://schemas.microsoft.com/claims/authnmethodsreferences', [
      'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
    ]),
    claim(`${xmlsoapClaims}/givenname`, [person.firstName]),
    claim(`${xmlsoapClaims}/surname`, [person.lastName]),
    claim(`${xmlsoapClaims}/emailaddress`, [person.email]),
    claim(`${xmlsoapClaims}/name`, [person.email]),
  ])
}

function googleAttributes(person: Person): readonly Attribute[] {
  const mapped = (name: string, values: readonly string[]): Attribute => ({
    name,
    nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    values: [...values],
    xsiType: true,
  })
  return withoutEmpty([
    mapped('email', [person.email]),
    mapped('firstName', [person.firstName]),
    mapped('lastName', [person.lastName]),
    mapped('groups', person.groups),
  ])
}

/** Entra knows users, groups and tenants by GUID only; the same text always becomes the same one. */
export function guidFor(text: string): string {
  const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
  if (guid.test(text)) return text
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** All these vendors leave an attribute out rather than send it without a value. */
function withoutEmpty(attributes: readonly Attribute[]): readonly Attribute[] {
  return attributes
    .map((attribute) => ({ ...attribute, values: attribute.values.filter((value) => value !== '') }))
    .filter((attribute) => attribute.values.length > 0)
}
