import type { DirectoryGroup } from '#contracts/directory-users.ts'
import type { DirectoryGroupId } from '#contracts/ids.ts'
import { type JsonObject, ownMember } from '#protocols/scim/json.ts'
import { type GroupRow, readPresentedGroup } from './group-row.ts'
import { previousAttributes } from './previous-attributes.ts'
import type { ScimDirectory } from './scim-directory.ts'

/** What a group becomes, and what the application is told of it. */
export interface GroupPlan {
  readonly id: DirectoryGroupId
  readonly idpId: string
  readonly externalId: string | null
  readonly name: string
  readonly resource: JsonObject
  readonly presented: DirectoryGroup
  readonly updatedAt: Date
  readonly changed: boolean
  readonly previous: Readonly<Record<string, unknown>>
}

/**
 * Decides without touching anything.
 * @param ownIdentity instead of the name, where a group that was renamed has that for its identity.
 */
export function planGroup(
  directory: ScimDirectory,
  before: GroupRow | undefined,
  id: DirectoryGroupId,
  resource: JsonObject,
  now: Date,
  ownIdentity?: string,
): GroupPlan {
  const [name, externalId] = [textAt(resource, 'displayName') ?? '', textAt(resource, 'externalId')]
  // Okta knows groups by name and sends no id: the first name stays the identity, or a rename would be another group.
  const idpId = externalId ?? before?.idp_id ?? ownIdentity ?? name
  const unmoved: DirectoryGroup = {
    object: 'directory_group',
    id,
    idp_id: idpId,
    directory_id: directory.id,
    organization_id: directory.organizationId,
    name,
    raw_attributes: resource,
    created_at: (before?.created_at ?? now).toISOString(),
    updated_at: (before?.updated_at ?? now).toISOString(),
  }
  const previous = before ? previousAttributes({ ...readPresentedGroup(before) }, { ...unmoved }) : {}
  const changed = Object.keys(previous).length > 0
  const updatedAt = before && !changed ? before.updated_at : now
  const presented = { ...unmoved, updated_at: updatedAt.toISOString() }
  return { id, idpId, externalId, name, resource, presented, updatedAt, changed, previous }
}

function textAt(resource: JsonObject, name: string): string | null {
  const value = ownMember(resource, name)
  return typeof value === 'string' && value !== '' ? value : null
}
