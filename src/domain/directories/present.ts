import type { ConfiguredDirectory, Directory, DirectoryAttributeMap } from '#contracts/directories.ts'
import type { EventData } from '#contracts/events.ts'
import type { DirectoryId, OrganizationDomainId, OrganizationId } from '#contracts/ids.ts'

export interface DirectoryRow {
  readonly id: DirectoryId
  readonly organization_id: OrganizationId
  readonly external_key: string
  readonly type: Directory['type']
  readonly name: string
  readonly state: Directory['state']
  readonly attribute_map: unknown
  readonly last_request_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly active_users: number
  readonly inactive_users: number
  readonly groups: number
  /** Verified domains of the organization. */
  readonly domains: readonly { readonly id: OrganizationDomainId; readonly domain: string }[]
}

/** The SCIM base URL an identity provider is given. It never changes once handed out. */
export function scimEndpoint(baseUrl: string, externalKey: string): string {
  return `${baseUrl}/scim/v2.0/${externalKey}`
}

export function presentDirectory(row: DirectoryRow): Directory {
  const [domain] = row.domains
  return {
    object: 'directory',
    id: row.id,
    organization_id: row.organization_id,
    external_key: row.external_key,
    type: row.type,
    state: row.state,
    name: row.name,
    ...(domain && { domain: domain.domain }),
    metadata: { users: { active: row.active_users, inactive: row.inactive_users }, groups: row.groups },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export function presentConfigured(row: DirectoryRow, baseUrl: string): ConfiguredDirectory {
  return {
    ...presentDirectory(row),
    endpoint: scimEndpoint(baseUrl, row.external_key),
    attribute_map: row.attribute_map as DirectoryAttributeMap, // only this room writes it
    last_request_at: row.last_request_at?.toISOString() ?? null,
  }
}

export function presentActivated(row: DirectoryRow): EventData<'dsync.activated'> {
  return {
    ...presentDeleted(row),
    external_key: row.external_key,
    domains: row.domains.map(({ id, domain }) => ({ object: 'organization_domain', id, domain })),
  }
}

export function presentDeleted(row: DirectoryRow): EventData<'dsync.deleted'> {
  return {
    object: 'directory',
    id: row.id,
    organization_id: row.organization_id,
    type: row.type,
    state: eventStates[row.state],
    name: row.name,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const eventStates = {
  linked: 'active',
  unlinked: 'inactive',
  validating: 'validating',
  invalid_credentials: 'invalid_credentials',
  deleting: 'deleting',
} as const satisfies Record<Directory['state'], string>
