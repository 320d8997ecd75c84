import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { ApiKeyId, EnvironmentId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'environments'
const nullableTimestamp = Type.Union([Timestamp, Type.Null()])

export const environmentKinds = ['staging', 'production'] as const

export const Environment = Type.Object({
  object: Type.Literal('environment'),
  id: EnvironmentId,
  name: Type.String(),
  kind: Type.Enum([...environmentKinds]),
  client_id: Type.String(),
  /** Whether the application keeps seeing people, as inactive, whom their identity provider deactivated. */
  keep_inactive_directory_users: Type.Boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Environment = Static<typeof Environment>

export const ApiKey = Type.Object({
  object: Type.Literal('environment_api_key'),
  id: ApiKeyId,
  environment_id: EnvironmentId,
  name: Type.String(),
  /** The key with all but its ends left out. */
  obfuscated_value: Type.String(),
  last_used_at: nullableTimestamp,
  /** The client that used the key last, as it named itself, such as `workos-node/11.0.0`. */
  last_used_by: Type.Union([Type.String(), Type.Null()]),
  expires_at: nullableTimestamp,
  created_at: Timestamp,
})
export type ApiKey = Static<typeof ApiKey>

export const IssuedApiKey = Type.Object({
  ...ApiKey.properties,
  /** Shown once; only its hash is kept. */
  value: Type.String(),
})
export type IssuedApiKey = Static<typeof IssuedApiKey>

const Name = Type.String({ minLength: 1, maxLength: 255 })
const environmentParams = Type.Object({ environment_id: EnvironmentId })
const keyParams = Type.Object({ environment_id: EnvironmentId, id: ApiKeyId })

export const getCurrentEnvironment = endpoint({
  operationId: 'getCurrentEnvironment',
  method: 'GET',
  path: '/environments/current',
  summary: 'The environment the API key belongs to',
  tag,
  access: 'api_key',
  extension: true,
  success: { status: 200, body: Environment },
})

export const EnvironmentUpdate = Type.Object({
  /** Turned on, hidden people are announced as created and inactive; turned off, inactive ones as deleted. */
  keep_inactive_directory_users: Type.Optional(Type.Boolean()),
})
export type EnvironmentUpdate = Static<typeof EnvironmentUpdate>

export const updateCurrentEnvironment = endpoint({
  operationId: 'updateCurrentEnvironment',
  method: 'PATCH',
  path: '/environments/current',
  summary: 'Change settings of the environment the API key belongs to; fields left out keep their value',
  tag,
  access: 'api_key',
  extension: true,
  body: EnvironmentUpdate,
  success: { status: 200, body: Environment },
})

export const listEnvironmentApiKeys = endpoint({
  operationId: 'listEnvironmentApiKeys',
  method: 'GET',
  path: '/environments/{environment_id}/api_keys',
  summary: 'List the API keys of the environment',
  tag,
  access: 'api_key',
  extension: true,
  params: environmentParams,
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(ApiKey) },
  errors: { 404: ['entity_not_found'] },
})

export const createEnvironmentApiKey = endpoint({
  operationId: 'createEnvironmentApiKey',
  method: 'POST',
  path: '/environments/{environment_id}/api_keys',
  summary: 'Create an API key',
  tag,
  access: 'api_key',
  extension: true,
  params: environmentParams,
  body: Type.Object({ name: Name }),
  success: { status: 201, body: IssuedApiKey },
  errors: { 404: ['entity_not_found'] },
})

export const rollEnvironmentApiKey = endpoint({
  operationId: 'rollEnvironmentApiKey',
  method: 'POST',
  path: '/environments/{environment_id}/api_keys/{id}/roll',
  summary: 'Issue a successor and let the old key live on for a while',
  tag,
  access: 'api_key',
  extension: true,
  params: keyParams,
  body: Type.Object({
    /** Seconds the old key still works; one day unless told. */
    overlap_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_592_000 })),
  }),
  success: { status: 201, body: IssuedApiKey },
  errors: { 404: ['entity_not_found'] },
})

export const revokeEnvironmentApiKey = endpoint({
  operationId: 'revokeEnvironmentApiKey',
  method: 'DELETE',
  path: '/environments/{environment_id}/api_keys/{id}',
  summary: 'Revoke an API key at once',
  tag,
  access: 'api_key',
  extension: true,
  params: keyParams,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
