import { X509Certificate } from 'node:crypto'
import {
  type AttributeMap,
  type ConfiguredConnection,
  type Connection,
  type ConnectionOptions,
  defaultConnectionOptions,
} from '#contracts/connections.ts'
import type { EventData } from '#contracts/events.ts'
import { type ConnectionDomainId, type ConnectionId, idPrefixes, type OrganizationId } from '#contracts/ids.ts'

export interface ConnectionRow {
  readonly id: ConnectionId
  readonly organization_id: OrganizationId
  readonly external_key: string
  readonly connection_type: Connection['connection_type']
  readonly name: string
  readonly state: Connection['state']
  readonly realm: string
  readonly idp_entity_id: string | null
  readonly idp_sso_redirect_url: string | null
  readonly idp_sso_post_url: string | null
  readonly idp_metadata_url: string | null
  readonly idp_metadata_fetched_at: Date | null
  readonly idp_certificates: readonly string[]
  readonly idp_wants_signed_requests: boolean
  readonly attribute_map: unknown
  readonly options: unknown
  /** Where whoever reads wants to show it. */
  readonly oidc?: { readonly oauth_client_id: string; readonly scopes: readonly string[] } | null
  readonly activated_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** A verified domain of the organization, as connections list them. */
export interface ConnectionDomainRow {
  readonly id: string
  readonly domain: string
}

/** The addresses an identity provider is given. They never change once handed out. */
export interface ServiceProvider {
  readonly entityId: string
  readonly acsUrl: string
  readonly metadataUrl: string
}

export function serviceProvider(
  baseUrl: string,
  externalKey: string,
  options: Pick<ConnectionOptions, 'sp_entity_id_override' | 'acs_url_override'>,
): ServiceProvider {
  return {
    entityId: options.sp_entity_id_override ?? `${baseUrl}/sso/saml/sp/${externalKey}`,
    acsUrl: options.acs_url_override ?? `${baseUrl}/sso/saml/acs/${externalKey}`,
    metadataUrl: `${baseUrl}/sso/saml/metadata/${externalKey}`,
  }
}

/** Stored options are the ones that were set; the rest follow the defaults of this version. */
export function optionsOf(row: Pick<ConnectionRow, 'options'>): ConnectionOptions {
  return { ...defaultConnectionOptions, ...(row.options as Partial<ConnectionOptions>) } // only configure.ts writes it
}

export function presentConnection(row: ConnectionRow, domains: readonly ConnectionDomainRow[]): Connection {
  return {
    object: 'connection',
    id: row.id,
    organization_id: row.organization_id,
    connection_type: row.connection_type,
    name: row.name,
    state: row.state,
    status: row.state === 'active' ? 'linked' : 'unlinked',
    domains: domains.map(({ id, domain }) => ({ object: 'connection_domain', id: connectionDomainId(id), domain })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export function presentConfigured(
  row: ConnectionRow,
  domains: readonly ConnectionDomainRow[],
  baseUrl: string,
): ConfiguredConnection {
  const options = optionsOf(row)
  const sp = serviceProvider(baseUrl, row.external_key, options)
  return {
    ...presentConnection(row, domains),
    external_key: row.external_key,
    sp_entity_id: sp.entityId,
    acs_url: sp.acsUrl,
    sp_metadata_url: sp.metadataUrl,
    idp_entity_id: row.idp_entity_id,
    idp_sso_url: row.idp_sso_redirect_url ?? row.idp_sso_post_url,
    idp_metadata_url: row.idp_metadata_url,
    certificates: row.idp_certificates.map(presentCertificate),
    ...(row.oidc && {
      oidc: {
        issuer: row.idp_entity_id,
        client_id: row.oidc.oauth_client_id,
        scopes: [...row.oidc.scopes],
        redirect_uri: `${baseUrl}/sso/oauth/callback`,
      },
    }),
    attribute_map: row.attribute_map as AttributeMap, // only configure.ts writes it
    options,
  }
}

export function presentInEvent(
  row: ConnectionRow,
  domains: readonly ConnectionDomainRow[],
): EventData<'connection.activated'> {
  const { status, domains: list, ...base } = presentConnection(row, domains)
  return { ...base, external_key: row.external_key, status, domains: list }
}

export function presentDeleted(row: ConnectionRow): EventData<'connection.deleted'> {
  const { status: _status, domains: _domains, ...base } = presentConnection(row, [])
  return base
}

function presentCertificate(der: string): ConfiguredConnection['certificates'][number] {
  const certificate = new X509Certificate(Buffer.from(der, 'base64'))
  return {
    fingerprint: certificate.fingerprint256,
    subject: certificate.subject,
    not_before: new Date(certificate.validFrom).toISOString(),
    not_after: new Date(certificate.validTo).toISOString(),
  }
}

/** The domains of a connection are the organization's; their ids here differ in the prefix alone. */
function connectionDomainId(organizationDomainId: string): ConnectionDomainId {
  return `${idPrefixes.connectionDomain}_${organizationDomainId.slice(idPrefixes.organizationDomain.length + 1)}`
}
