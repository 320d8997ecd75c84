import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { ApiKeyId, ApiRequestId, DirectoryId, ScimRequestId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'dashboard'
const nullableString = Type.Union([Type.String(), Type.Null()])

const scimRequest = {
  object: Type.Literal('scim_request'),
  id: ScimRequestId,
  directory_id: DirectoryId,
  /** As answered in X-Request-ID. */
  request_id: Type.String(),
  method: Type.String(),
  /** Below the endpoint of the directory, with its query. */
  path: Type.String(),
  status: Type.Integer(),
  /** The sentence of a refusal; of a change that was made, whom a group waits for. */
  reason: nullableString,
  scim_type: nullableString,
  duration_ms: Type.Integer(),
  user_agent: nullableString,
  /** Last characters of a bearer token that opened nothing. */
  rejected_token: nullableString,
  /** What it means for this identity provider, or what to do, where that is known. */
  hint: nullableString,
  created_at: Timestamp,
}

export const ScimRequest = Type.Object(scimRequest)
export type ScimRequest = Static<typeof ScimRequest>

export const ScimRequestDetail = Type.Object({
  ...scimRequest,
  /** As text, without passwords and cut short; not always JSON for that reason. */
  request_body: nullableString,
  response_body: nullableString,
  /** What it caused. */
  events: Type.Array(Type.Object({ id: Type.String(), event: Type.String() })),
})
export type ScimRequestDetail = Static<typeof ScimRequestDetail>

export const listScimRequests = endpoint({
  operationId: 'listScimRequests',
  method: 'GET',
  path: '/scim_requests',
  summary: 'What an identity provider asked and was told, newest first',
  tag,
  access: 'dashboard',
  query: Type.Object({
    ...pageQuery,
    directory: Type.String({ minLength: 1 }),
    /** True shows refusals alone. */
    failed: Type.Optional(Type.Boolean()),
  }),
  success: { status: 200, body: List(ScimRequest) },
})

export const getScimRequest = endpoint({
  operationId: 'getScimRequest',
  method: 'GET',
  path: '/scim_requests/{id}',
  summary: 'One request with its bodies and the events it caused',
  tag,
  access: 'dashboard',
  params: Type.Object({ id: ScimRequestId }),
  success: { status: 200, body: ScimRequestDetail },
  errors: { 404: ['entity_not_found'] },
})

export const ApiRequest = Type.Object({
  object: Type.Literal('api_request'),
  id: ApiRequestId,
  /** As SDKs show it with an error. */
  request_id: Type.String(),
  api_key_id: ApiKeyId,
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer(),
  error_code: nullableString,
  duration_ms: Type.Integer(),
  /** As the client named itself, such as `workos-node/11.0.0`. */
  client: nullableString,
  created_at: Timestamp,
})
export type ApiRequest = Static<typeof ApiRequest>

export const listApiRequests = endpoint({
  operationId: 'listApiRequests',
  method: 'GET',
  path: '/api_requests',
  summary: 'Calls of the API, newest first',
  tag,
  access: 'dashboard',
  query: Type.Object({
    ...pageQuery,
    failed: Type.Optional(Type.Boolean()),
    /** The one that was answered with this X-Request-ID. */
    request_id: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(ApiRequest) },
})

const ApiFailure = Type.Object({
  object: Type.Literal('api_failure'),
  method: Type.String(),
  /** With `{id}` for every id. */
  path: Type.String(),
  status: Type.Integer(),
  error_code: nullableString,
  count: Type.Integer(),
  first_seen_at: Timestamp,
  last_seen_at: Timestamp,
  /** The latest of them. */
  last_request_id: Type.String(),
})
export type ApiFailure = Static<typeof ApiFailure>

export const listApiFailures = endpoint({
  operationId: 'listApiFailures',
  method: 'GET',
  path: '/api_failures',
  summary: 'The latest calls of the API that failed, equal ones counted together',
  tag,
  access: 'dashboard',
  success: { status: 200, body: Type.Object({ object: Type.Literal('list'), data: Type.Array(ApiFailure) }) },
})
