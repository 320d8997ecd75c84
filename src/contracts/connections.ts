import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { ConnectionDomainId, ConnectionId, OrganizationId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'
import { Scope } from './scope.ts'

/** Connection types that speak SAML 2.0. */
export const samlConnectionTypes = [
  'ADFSSAML',
  'Auth0SAML',
  'AzureSAML',
  'CasSAML',
  'ClassLinkSAML',
  'CloudflareSAML',
  'CyberArkSAML',
  'DuoSAML',
  'GenericSAML',
  'GoogleSAML',
  'JumpCloudSAML',
  'KeycloakSAML',
  'LastPassSAML',
  'MiniOrangeSAML',
  'NetIqSAML',
  'OktaSAML',
  'OneLoginSAML',
  'OracleSAML',
  'PingFederateSAML',
  'PingOneSAML',
  'RipplingSAML',
  'SalesforceSAML',
  'ShibbolethGenericSAML',
  'ShibbolethSAML',
  'SimpleSamlPhpSAML',
  'TestIdp',
  'VMwareSAML',
] as const

/** Those that speak OpenID Connect. */
export const oidcConnectionTypes = [
  'AdpOidc',
  'CleverOIDC',
  'EntraIdOIDC',
  'GenericOIDC',
  'GoogleOIDC',
  'LoginGovOidc',
  'OktaOIDC',
] as const

/** Every value the wire knows, so that filters and clients accept types of other protocols. */
export const connectionTypes = [
  ...samlConnectionTypes,
  ...oidcConnectionTypes,
  'AppleOAuth',
  'Auth0Migration',
  'BitbucketOAuth',
  'DiscordOAuth',
  'GitHubOAuth',
  'GitLabOAuth',
  'GoogleOAuth',
  'GrokOAuth',
  'IntuitOAuth',
  'LinkedInOAuth',
  'MagicLink',
  'MicrosoftOAuth',
  'Pending',
  'SalesforceOAuth',
  'SlackOAuth',
  'VercelMarketplaceOAuth',
  'VercelOAuth',
  'XOAuth',
  'XeroOAuth',
] as const

export const ConnectionType = Type.Enum([...connectionTypes])
export type ConnectionType = Static<typeof ConnectionType>
export type SamlConnectionType = (typeof samlConnectionTypes)[number]
export type CreatableConnectionType = SamlConnectionType | (typeof oidcConnectionTypes)[number]

export const ConnectionState = Type.Enum(['requires_type', 'draft', 'active', 'validating', 'inactive', 'deleting'])
export type ConnectionState = Static<typeof ConnectionState>

const ConnectionDomain = Type.Object({
  object: Type.Literal('connection_domain'),
  id: ConnectionDomainId,
  domain: Type.String(),
})

const base = {
  object: Type.Literal('connection'),
  id: ConnectionId,
  organization_id: OrganizationId,
  connection_type: ConnectionType,
  name: Type.String(),
  state: ConnectionState,
  created_at: Timestamp,
  updated_at: Timestamp,
}

/** The vendor's public object. `status` is the deprecated mirror of `state`. */
export const Connection = Type.Object({
  ...base,
  status: Type.Enum(['linked', 'unlinked']),
  domains: Type.Array(ConnectionDomain),
})
export type Connection = Static<typeof Connection>

export const ConnectionEventData = Type.Object(base)
export const ConnectionEventDataWithDomains = Type.Object({
  ...base,
  external_key: Type.String(),
  status: Type.Enum(['linked', 'unlinked']),
  domains: Type.Array(ConnectionDomain),
})

export const samlBindings = ['redirect', 'post'] as const

const optionSchemas = {
  /** Sign AuthnRequests with the environment's SAML key. */
  sign_authn_requests: Type.Boolean(),
  request_binding: Type.Enum([...samlBindings]),
  require_signed_response: Type.Boolean(),
  allow_idp_initiated: Type.Boolean(),
  force_authn: Type.Boolean(),
  /** Seconds a clock may differ, in either direction. */
  clock_skew_seconds: Type.Integer({ minimum: 0, maximum: 600 }),
  allow_sha1: Type.Boolean(),
  /** Publish an encryption certificate in the SP metadata, which asks identity providers to encrypt. */
  want_encrypted_assertions: Type.Boolean(),
  /** Keep the values an identity provider was set up with when a customer moves here. */
  sp_entity_id_override: Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Type.Null()]),
  acs_url_override: Type.Union([Type.String({ minLength: 1, maxLength: 2048 }), Type.Null()]),
}

export const ConnectionOptions = Type.Object(optionSchemas, { additionalProperties: false })
export type ConnectionOptions = Static<typeof ConnectionOptions>

/** Some of the options; a name that is none is refused, or a misspelt safeguard would be off without anybody noticing. */
const ConnectionOptionsChange = Type.Object(Type.Partial(ConnectionOptions).properties, { additionalProperties: false })

export const defaultConnectionOptions: ConnectionOptions = {
  sign_authn_requests: false,
  request_binding: 'redirect',
  require_signed_response: false,
  allow_idp_initiated: true,
  force_authn: false,
  clock_skew_seconds: 180,
  allow_sha1: false,
  want_encrypted_assertions: false,
  sp_entity_id_override: null,
  acs_url_override: null,
}

/** Attribute names to read for a profile field, first match wins; fields left out keep the provider's defaults. */
export const AttributeMap = Type.Object(
  {
    idp_id: Type.Optional(Type.String({ minLength: 1 })),
    email: Type.Optional(Type.String({ minLength: 1 })),
    first_name: Type.Optional(Type.String({ minLength: 1 })),
    last_name: Type.Optional(Type.String({ minLength: 1 })),
    groups: Type.Optional(Type.String({ minLength: 1 })),
    custom_attributes: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  { additionalProperties: false },
)
export type AttributeMap = Static<typeof AttributeMap>

const Certificate = Type.Object({
  fingerprint: Type.String(),
  subject: Type.String(),
  not_before: Timestamp,
  not_after: Timestamp,
})

const nullableString = Type.Union([Type.String(), Type.Null()])

const OidcClient = Type.Object({
  issuer: nullableString,
  client_id: Type.String(),
  scopes: Type.Array(Type.String()),
  /** What to register at the OpenID provider. */
  redirect_uri: Type.String(),
})

/** A connection with what its administrator needs: the vendor shows these only in its dashboard. */
export const ConfiguredConnection = Type.Object({
  ...Connection.properties,
  external_key: Type.String(),
  sp_entity_id: Type.String(),
  acs_url: Type.String(),
  sp_metadata_url: Type.String(),
  idp_entity_id: nullableString,
  idp_sso_url: nullableString,
  idp_metadata_url: nullableString,
  certificates: Type.Array(Certificate),
  /** Connections by OpenID Connect alone. */
  oidc: Type.Optional(OidcClient),
  attribute_map: AttributeMap,
  options: ConnectionOptions,
})
export type ConfiguredConnection = Static<typeof ConfiguredConnection>

export const OidcClientInput = Type.Object({
  /** As its discovery document names it. */
  issuer: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  /** Kept sealed and never shown. */
  client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
  scopes: Type.Optional(Type.Array(Scope, { minItems: 1, maxItems: 50 })),
})
export type OidcClientInput = Static<typeof OidcClientInput>

const configuration = {
  oidc: Type.Optional(OidcClientInput),
  idp_metadata_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  idp_metadata_xml: Type.Optional(Type.String({ minLength: 1, maxLength: 1_048_576 })),
  idp_entity_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  idp_sso_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  x509_certificates: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 10 })),
  attribute_map: Type.Optional(AttributeMap),
  options: Type.Optional(ConnectionOptionsChange),
}

export const ConnectionCreate = Type.Object({
  organization_id: OrganizationId,
  connection_type: ConnectionType,
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  ...configuration,
})
export type ConnectionCreate = Static<typeof ConnectionCreate>

export const ConnectionUpdate = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  /** `inactive` switches sign-in off; `active` switches it on again. */
  state: Type.Optional(Type.Enum(['active', 'inactive'])),
  ...configuration,
})
export type ConnectionUpdate = Static<typeof ConnectionUpdate>

const params = Type.Object({ id: ConnectionId })
const tag = 'connections'

export const listConnections = endpoint({
  operationId: 'listConnections',
  method: 'GET',
  path: '/connections',
  summary: 'List connections',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    connection_type: Type.Optional(ConnectionType),
    domain: Type.Optional(Type.String()),
    organization_id: Type.Optional(Type.String()),
    search: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(Connection) },
  errors: { 422: [] },
})

export const getConnection = endpoint({
  operationId: 'getConnection',
  method: 'GET',
  path: '/connections/{id}',
  summary: 'Get a connection with its service provider details',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: ConfiguredConnection },
  errors: { 404: ['entity_not_found'] },
})

export const createConnection = endpoint({
  operationId: 'createConnection',
  method: 'POST',
  path: '/connections',
  summary: 'Create a SAML or OpenID Connect connection, with or without its identity provider configuration',
  tag,
  access: 'api_key',
  extension: true,
  body: ConnectionCreate,
  success: { status: 201, body: ConfiguredConnection },
  errors: { 404: ['entity_not_found'], 422: ['invalid_idp_metadata', 'connection_type_not_supported'] },
})

export const updateConnection = endpoint({
  operationId: 'updateConnection',
  method: 'PUT',
  path: '/connections/{id}',
  summary: 'Configure a connection; fields left out keep their value',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: ConnectionUpdate,
  success: { status: 200, body: ConfiguredConnection },
  errors: { 404: ['entity_not_found'], 422: ['invalid_idp_metadata'] },
})

export const deleteConnection = endpoint({
  operationId: 'deleteConnection',
  method: 'DELETE',
  path: '/connections/{id}',
  summary: 'Delete a connection',
  tag,
  access: 'api_key',
  params,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
