import type { AttributeMap } from '#contracts/connections.ts'
import { ok, refused, type Result } from '#protocols/result.ts'
import type { VerifiedAssertion } from '#protocols/saml/response.ts'

/** Who the identity provider says signed in. */
export interface Person {
  readonly idpId: string
  readonly email: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly groups: readonly string[]
  readonly customAttributes: Readonly<Record<string, unknown>>
}

export type MissingAttribute = {
  readonly code: 'email_missing' | 'email_invalid' | 'idp_id_missing'
  readonly message: string
}

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoft = 'http://schemas.microsoft.com'

/** Names accepted without any mapping, best first: the article's, then Entra's and AD FS's claims, then LDAP's OIDs. */
const defaultNames = {
  idp_id: ['id', `${microsoft}/identity/claims/objectidentifier`, 'urn:oid:0.9.2342.19200300.100.1.1', 'uid'],
  email: [
    'email',
    'Email',
    'mail',
    'emailAddress',
    'User.email',
    `${claims}/emailaddress`,
    'urn:oid:0.9.2342.19200300.100.1.3',
    `${claims}/upn`,
    `${claims}/name`,
  ],
  first_name: [
    'firstName',
    'first_name',
    'FirstName',
    'User.FirstName',
    'givenName',
    `${claims}/givenname`,
    'urn:oid:2.5.4.42',
  ],
  last_name: [
    'lastName',
    'last_name',
    'LastName',
    'User.LastName',
    'sn',
    'surname',
    `${claims}/surname`,
    'urn:oid:2.5.4.4',
  ],
  groups: [
    'groups',
    'Groups',
    'memberOf',
    `${microsoft}/ws/2008/06/identity/claims/groups`,
    'http://schemas.xmlsoap.org/claims/Group',
    'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
  ],
} as const

const maxEmailLength = 254

/**
 * Reads the person out of a verified assertion. A name from the connection's map is taken alone; without one the default
 * names are tried in order. The NameID stands in for a missing id, and for a missing e-mail when it is one.
 */
export function readPerson(assertion: VerifiedAssertion, map: AttributeMap): Result<Person, MissingAttribute> {
  const all = (field: keyof typeof defaultNames): readonly string[] => {
    const mapped = map[field]
    const names: readonly string[] = mapped === undefined ? defaultNames[field] : [mapped]
    return names.map((name) => assertion.attributes.get(name)).find((values) => values?.some(isFilled)) ?? []
  }
  const first = (field: keyof typeof defaultNames): string | null => all(field).find(isFilled)?.trim() ?? null

  const idpId = first('idp_id') ?? (isFilled(assertion.nameId) ? assertion.nameId : null)
  if (idpId === null)
    return refused({ code: 'idp_id_missing', message: 'The assertion has neither an id attribute nor a NameID.' })
  const email = first('email') ?? (isEmail(assertion.nameId) ? assertion.nameId : null)
  if (email === null) return refused({ code: 'email_missing', message: missingEmail(assertion, map) })
  if (!isEmail(email))
    return refused({
      code: 'email_invalid',
      message: `The e-mail attribute is '${email.slice(0, maxEmailLength)}', which is not an e-mail address. Map the attribute that holds the address.`,
    })
  return ok({
    idpId,
    email: email.toLowerCase(),
    firstName: first('first_name'),
    lastName: first('last_name'),
    groups: all('groups').filter(isFilled),
    customAttributes: readCustom(assertion, map),
  })
}

/** What is after the `@`, in the form organization domains are kept in. Only called on addresses readPerson accepted. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1)
}

/** Strict on purpose: one `@`, no quoting, comments or lists, so that nobody reads another domain out of it than we do. */
export function isEmail(text: string): boolean {
  return text.length <= maxEmailLength && /^[^\s@"(),:;<>[\\\]\p{C}]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/iu.test(text)
}

function isFilled(text: string): boolean {
  return text.trim() !== ''
}

function readCustom(assertion: VerifiedAssertion, map: AttributeMap): Record<string, unknown> {
  const entries = Object.entries(map.custom_attributes ?? {}).map(([key, name]): [string, unknown] => {
    const values = assertion.attributes.get(name) ?? []
    return [key, values.length > 1 ? values : (values[0] ?? null)]
  })
  return Object.fromEntries(entries)
}

function missingEmail(assertion: VerifiedAssertion, map: AttributeMap): string {
  const names = [...assertion.attributes.keys()].map((name) => `'${name}'`).join(', ')
  const wanted = map.email === undefined ? `'email' or a usual name for it` : `'${map.email}'`
  return `No e-mail address: looked for ${wanted}; the assertion has ${names === '' ? 'no attributes' : names}. Add an attribute statement named email.`
}
