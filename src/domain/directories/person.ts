import type { DirectoryUser } from '#contracts/directory-users.ts'
import type { DirectoryId, DirectoryUserId, OrganizationId } from '#contracts/ids.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { isObject, type Json, type JsonObject, ownMember } from '#protocols/scim/json.ts'
import { isAddress } from './address.ts'
import type { EffectiveAttributeMap } from './attribute-map.ts'
import { readCustomAttributes } from './custom-attributes.ts'

/** What is read out of a SCIM user: the columns it is found by. */
export interface PersonKeys {
  readonly userName: string
  readonly userNameKey: string
  readonly externalId: string | null
  readonly email: string | null
  readonly emailKey: string | null
  /** The other addresses, for looking people up by any. */
  readonly moreEmailKeys: readonly string[]
  readonly active: boolean
  /** False without any address; such a person is remembered but not shown. */
  readonly complete: boolean
}

/** Reads the keys. The resource was checked before: userName is there and types are right. */
export function readKeys(resource: JsonObject): PersonKeys {
  const userName = text(ownMember(resource, 'userName')) ?? ''
  const email = primaryEmail(resource) ?? (isAddress(userName) ? userName : null)
  const emailKey = email === null ? null : foldCase(email)
  const addresses = emailsOf(resource).flatMap(({ value }) => text(value) ?? [])
  return {
    userName,
    userNameKey: foldCase(userName),
    externalId: text(ownMember(resource, 'externalId')),
    email,
    emailKey,
    moreEmailKeys: [...new Set(addresses.map(foldCase))].filter((key) => key !== emailKey),
    active: ownMember(resource, 'active') !== false,
    complete: email !== null || addresses.length > 0,
  }
}

/** By which a group may have named somebody before they were here. */
export function arrivalNames({ externalId, userName, userNameKey }: PersonKeys): string[] {
  return [...new Set([externalId, userName, userNameKey])].filter((name) => name !== null)
}

export interface PersonContext {
  readonly id: DirectoryUserId
  readonly directoryId: DirectoryId
  readonly organizationId: OrganizationId
  readonly idpId: string
  readonly attributeMap: EffectiveAttributeMap
  readonly role: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The person as the application sees them. */
export function presentPerson(resource: JsonObject, keys: PersonKeys, context: PersonContext): DirectoryUser {
  const name = ownMember(resource, 'name')
  const part = (key: string) => (isJsonObject(name) ? text(ownMember(name, key)) : null)
  const [firstName, lastName] = [part('givenName'), part('familyName')]
  const joined = [firstName, lastName].filter((each) => each !== null).join(' ')
  const role = { slug: context.role }
  return {
    object: 'directory_user',
    id: context.id,
    directory_id: context.directoryId,
    organization_id: context.organizationId,
    idp_id: context.idpId,
    email: keys.email,
    first_name: firstName,
    last_name: lastName,
    name: text(ownMember(resource, 'displayName')) ?? part('formatted') ?? (joined === '' ? null : joined),
    emails: emailsOf(resource).map(presentEmail),
    job_title: text(ownMember(resource, 'title')),
    username: keys.userName,
    state: keys.active ? 'active' : 'inactive',
    role,
    roles: [role],
    custom_attributes: readCustomAttributes(resource, context.attributeMap),
    raw_attributes: resource,
    created_at: context.createdAt.toISOString(),
    updated_at: context.updatedAt.toISOString(),
  }
}

/** The vendor's order: the entry flagged primary, else the first work one, else the first home one, else none. */
function primaryEmail(resource: JsonObject): string | null {
  const emails = emailsOf(resource)
  const chosen =
    emails.find(({ primary }) => primary === true) ??
    emails.find(({ type }) => foldCase(text(type) ?? '') === 'work') ??
    emails.find(({ type }) => foldCase(text(type) ?? '') === 'home')
  const address = text(chosen?.['value'])
  return address !== null && isAddress(address) ? address : null
}

function presentEmail(email: JsonObject): DirectoryUser['emails'][number] {
  const [type, value] = [text(ownMember(email, 'type')), text(ownMember(email, 'value'))]
  return {
    ...(email['primary'] === true && { primary: true }),
    ...(type !== null && { type }),
    ...(value !== null && { value }),
  }
}

function emailsOf(resource: JsonObject): readonly JsonObject[] {
  const emails = ownMember(resource, 'emails')
  return Array.isArray(emails) ? emails.filter(isJsonObject) : []
}

function isJsonObject(value: Json | undefined): value is JsonObject {
  return isObject(value)
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
