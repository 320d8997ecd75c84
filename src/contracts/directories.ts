import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { DirectoryId, DirectoryTokenId, OrganizationDomainId, OrganizationId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'directory-sync'

/** Every value the wire knows. Those that end in `scim v2.0` can be created here: the rest are pulled, not pushed. */
export const directoryTypes = [
  'azure scim v2.0',
  'bamboohr',
  'breathe hr',
  'cezanne hr',
  'cyberark scim v2.0',
  'fourth hr',
  'generic scim v2.0',
  'gsuite directory',
  'hibob',
  'jump cloud scim v2.0',
  'okta scim v2.0',
  'onelogin scim v2.0',
  'people hr',
  'personio',
  'pingfederate scim v2.0',
  'rippling scim v2.0',
  's3',
  'sailpoint scim v2.0',
  'sftp',
  'sftp workday',
  'workday',
] as const

export const DirectoryType = Type.Enum([...directoryTypes])
export type DirectoryType = Static<typeof DirectoryType>

export const directoryStates = ['linked', 'unlinked', 'validating', 'invalid_credentials', 'deleting'] as const
export type DirectoryState = (typeof directoryStates)[number]

const base = {
  object: Type.Literal('directory'),
  id: DirectoryId,
  organization_id: OrganizationId,
  type: DirectoryType,
  name: Type.String(),
  created_at: Timestamp,
  updated_at: Timestamp,
}

export const Directory = Type.Object({
  ...base,
  external_key: Type.String(),
  state: Type.Enum([...directoryStates]),
  domain: Type.Optional(Type.String()),
  metadata: Type.Object({
    users: Type.Object({ active: Type.Integer(), inactive: Type.Integer() }),
    groups: Type.Integer(),
  }),
})
export type Directory = Static<typeof Directory>

/** Events speak of `active` and `inactive` where the API says `linked` and `unlinked`. */
const eventState = Type.Enum(['active', 'validating', 'invalid_credentials', 'inactive', 'deleting'])

const EventDomain = Type.Object({
  object: Type.Literal('organization_domain'),
  id: OrganizationDomainId,
  domain: Type.String(),
})

export const DirectoryActivatedData = Type.Object({
  ...base,
  state: eventState,
  external_key: Type.String(),
  domains: Type.Array(EventDomain),
})
export const DirectoryDeletedData = Type.Object({ ...base, state: eventState })

/** Custom attribute → where to read it in the SCIM resource: a path such as `name.givenName` or an extension's URN path. */
export const DirectoryAttributeMap = Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 512 }))
export type DirectoryAttributeMap = Static<typeof DirectoryAttributeMap>

/** A directory with what its administrator needs. */
export const ConfiguredDirectory = Type.Object({
  ...Directory.properties,
  /** SCIM base URL for the identity provider. */
  endpoint: Type.String(),
  attribute_map: DirectoryAttributeMap,
  /** When the identity provider last called with a valid token. */
  last_request_at: Type.Union([Timestamp, Type.Null()]),
})
export type ConfiguredDirectory = Static<typeof ConfiguredDirectory>

export const CreatedDirectory = Type.Object({
  ...ConfiguredDirectory.properties,
  /** Shown once; only its hash is kept. Null when the directory was created without a token. */
  bearer_token: Type.Union([Type.String(), Type.Null()]),
})
export type CreatedDirectory = Static<typeof CreatedDirectory>

export const DirectoryToken = Type.Object({
  object: Type.Literal('directory_token'),
  id: DirectoryTokenId,
  directory_id: DirectoryId,
  organization_id: OrganizationId,
  token_suffix: Type.String(),
  last_used_at: Type.Union([Timestamp, Type.Null()]),
  last_used_by: Type.Union([Type.String(), Type.Null()]),
  expires_at: Type.Union([Timestamp, Type.Null()]),
  created_at: Timestamp,
})
export type DirectoryToken = Static<typeof DirectoryToken>

export const DirectoryTokenEventData = Type.Pick(DirectoryToken, [
  'object',
  'id',
  'directory_id',
  'organization_id',
  'token_suffix',
  'created_at',
])

export const IssuedDirectoryToken = Type.Object({
  ...DirectoryToken.properties,
  /** Shown once; null when a hash was imported. */
  value: Type.Union([Type.String(), Type.Null()]),
})
export type IssuedDirectoryToken = Static<typeof IssuedDirectoryToken>

const Name = Type.String({ minLength: 1, maxLength: 255 })

export const DirectoryCreate = Type.Object({
  organization_id: OrganizationId,
  type: DirectoryType,
  name: Type.Optional(Name),
  attribute_map: Type.Optional(DirectoryAttributeMap),
  /** False creates no bearer token; import or create one afterwards. */
  create_token: Type.Optional(Type.Boolean()),
})
export type DirectoryCreate = Static<typeof DirectoryCreate>

export const DirectoryUpdate = Type.Object({
  name: Type.Optional(Name),
  type: Type.Optional(DirectoryType),
  /** Replaces the map; every user is mapped again, and those that change are announced. */
  attribute_map: Type.Optional(DirectoryAttributeMap),
})
export type DirectoryUpdate = Static<typeof DirectoryUpdate>

export const DirectoryTokenCreate = Type.Object({
  expires_at: Type.Optional(Timestamp),
  /** SHA-256 of an existing token in hex, to move an identity provider here without touching it. */
  token_sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  /** Last four characters of the imported token, so that people recognize it. */
  token_suffix: Type.Optional(Type.String({ minLength: 1, maxLength: 8 })),
})
export type DirectoryTokenCreate = Static<typeof DirectoryTokenCreate>

const params = Type.Object({ id: DirectoryId })
const tokenParams = Type.Object({ id: DirectoryId, token_id: DirectoryTokenId })
const notFound = { 404: ['entity_not_found'] }

export const listDirectories = endpoint({
  operationId: 'listDirectories',
  method: 'GET',
  path: '/directories',
  summary: 'List directories',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    organization_id: Type.Optional(Type.String()),
    search: Type.Optional(Type.String()),
    domain: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(Directory) },
})

export const getDirectory = endpoint({
  operationId: 'getDirectory',
  method: 'GET',
  path: '/directories/{id}',
  summary: 'Get a directory with its SCIM endpoint',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: ConfiguredDirectory },
  errors: notFound,
})

export const createDirectory = endpoint({
  operationId: 'createDirectory',
  method: 'POST',
  path: '/directories',
  summary: 'Create a directory that an identity provider pushes to by SCIM',
  tag,
  access: 'api_key',
  extension: true,
  body: DirectoryCreate,
  success: { status: 201, body: CreatedDirectory },
  errors: { ...notFound, 422: ['directory_type_not_supported', 'invalid_attribute_map'] },
})

export const updateDirectory = endpoint({
  operationId: 'updateDirectory',
  method: 'PUT',
  path: '/directories/{id}',
  summary: 'Change a directory; fields left out keep their value',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: DirectoryUpdate,
  success: { status: 200, body: ConfiguredDirectory },
  errors: { ...notFound, 422: ['directory_type_not_supported', 'invalid_attribute_map'] },
})

export const deleteDirectory = endpoint({
  operationId: 'deleteDirectory',
  method: 'DELETE',
  path: '/directories/{id}',
  summary: 'Delete a directory with its users and groups',
  tag,
  access: 'api_key',
  params,
  success: { status: 202 },
  errors: notFound,
})

export const listDirectoryTokens = endpoint({
  operationId: 'listDirectoryTokens',
  method: 'GET',
  path: '/directories/{id}/tokens',
  summary: 'List the live bearer tokens of a directory',
  tag,
  access: 'api_key',
  extension: true,
  params,
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(DirectoryToken) },
  errors: notFound,
})

export const createDirectoryToken = endpoint({
  operationId: 'createDirectoryToken',
  method: 'POST',
  path: '/directories/{id}/tokens',
  summary: 'Create a bearer token, or import the hash of one',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: DirectoryTokenCreate,
  success: { status: 201, body: IssuedDirectoryToken },
  errors: { ...notFound, 409: ['directory_token_already_exists'] },
})

export const rollDirectoryToken = endpoint({
  operationId: 'rollDirectoryToken',
  method: 'POST',
  path: '/directories/{id}/tokens/{token_id}/roll',
  summary: 'Issue a successor and let the old token live on for a while',
  tag,
  access: 'api_key',
  extension: true,
  params: tokenParams,
  body: Type.Object({
    /** Seconds the old token still works; one day unless told. */
    overlap_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_592_000 })),
  }),
  success: { status: 201, body: IssuedDirectoryToken },
  errors: notFound,
})

export const revokeDirectoryToken = endpoint({
  operationId: 'revokeDirectoryToken',
  method: 'DELETE',
  path: '/directories/{id}/tokens/{token_id}',
  summary: 'Revoke a bearer token at once',
  tag,
  access: 'api_key',
  extension: true,
  params: tokenParams,
  success: { status: 204 },
  errors: notFound,
})
