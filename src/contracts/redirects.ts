import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { CorsOriginId, LogoutUriId, RedirectUriId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'redirects'

export const RedirectUri = Type.Object({
  object: Type.Literal('redirect_uri'),
  id: RedirectUriId,
  uri: Type.String(),
  default: Type.Boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type RedirectUri = Static<typeof RedirectUri>

export const LogoutUri = Type.Object({
  object: Type.Literal('logout_uri'),
  id: LogoutUriId,
  uri: Type.String(),
  default: Type.Boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type LogoutUri = Static<typeof LogoutUri>

export const CorsOrigin = Type.Object({
  object: Type.Literal('cors_origin'),
  id: CorsOriginId,
  origin: Type.String(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type CorsOrigin = Static<typeof CorsOrigin>

const Uri = Type.String({ minLength: 1, maxLength: 2048 })
const create = Type.Object({ uri: Uri, default: Type.Optional(Type.Boolean()) })
const change = Type.Object({ uri: Type.Optional(Uri), default: Type.Optional(Type.Boolean()) })

export const listRedirectUris = endpoint({
  operationId: 'listRedirectUris',
  method: 'GET',
  path: '/user_management/redirect_uris',
  summary: 'List redirect URIs',
  tag,
  access: 'api_key',
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(RedirectUri) },
})

export const createRedirectUri = endpoint({
  operationId: 'createRedirectUri',
  method: 'POST',
  path: '/user_management/redirect_uris',
  summary: 'Register a redirect URI',
  tag,
  access: 'api_key',
  body: create,
  success: { status: 201, body: RedirectUri },
  // The vendor answers a duplicate with 422, and set-up tools rely on it.
  errors: { 422: ['invalid_redirect_uri', 'redirect_uri_already_exists'] },
})

export const updateRedirectUri = endpoint({
  operationId: 'updateRedirectUri',
  method: 'PUT',
  path: '/user_management/redirect_uris/{id}',
  summary: 'Change a redirect URI or make it the default',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: RedirectUriId }),
  body: change,
  success: { status: 200, body: RedirectUri },
  errors: {
    404: ['entity_not_found'],
    409: ['default_redirect_uri_required'],
    422: ['invalid_redirect_uri', 'redirect_uri_already_exists'],
  },
})

export const deleteRedirectUri = endpoint({
  operationId: 'deleteRedirectUri',
  method: 'DELETE',
  path: '/user_management/redirect_uris/{id}',
  summary: 'Remove a redirect URI',
  tag,
  access: 'api_key',
  params: Type.Object({ id: RedirectUriId }),
  success: { status: 204 },
  errors: { 404: ['entity_not_found'], 409: ['default_redirect_uri_required'] },
})

export const listLogoutUris = endpoint({
  operationId: 'listLogoutUris',
  method: 'GET',
  path: '/user_management/logout_uris',
  summary: 'List sign-out redirects',
  tag,
  access: 'api_key',
  extension: true,
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(LogoutUri) },
})

export const createLogoutUri = endpoint({
  operationId: 'createLogoutUri',
  method: 'POST',
  path: '/user_management/logout_uris',
  summary: 'Register a sign-out redirect',
  tag,
  access: 'api_key',
  extension: true,
  body: create,
  success: { status: 201, body: LogoutUri },
  errors: { 409: ['logout_uri_already_exists'], 422: ['invalid_redirect_uri'] },
})

export const updateLogoutUri = endpoint({
  operationId: 'updateLogoutUri',
  method: 'PUT',
  path: '/user_management/logout_uris/{id}',
  summary: 'Change a sign-out redirect or make it the default',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: LogoutUriId }),
  body: change,
  success: { status: 200, body: LogoutUri },
  errors: { 404: ['entity_not_found'], 409: ['logout_uri_already_exists'], 422: ['invalid_redirect_uri'] },
})

export const deleteLogoutUri = endpoint({
  operationId: 'deleteLogoutUri',
  method: 'DELETE',
  path: '/user_management/logout_uris/{id}',
  summary: 'Remove a sign-out redirect',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: LogoutUriId }),
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})

export const listCorsOrigins = endpoint({
  operationId: 'listCorsOrigins',
  method: 'GET',
  path: '/user_management/cors_origins',
  summary: 'List origins whose browsers may call this environment',
  tag,
  access: 'api_key',
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(CorsOrigin) },
})

export const createCorsOrigin = endpoint({
  operationId: 'createCorsOrigin',
  method: 'POST',
  path: '/user_management/cors_origins',
  summary: 'Allow an origin',
  tag,
  access: 'api_key',
  body: Type.Object({ origin: Uri }),
  success: { status: 201, body: CorsOrigin },
  errors: { 409: ['duplicate_cors_origin'], 422: ['invalid_origin'] },
})

export const deleteCorsOrigin = endpoint({
  operationId: 'deleteCorsOrigin',
  method: 'DELETE',
  path: '/user_management/cors_origins/{id}',
  summary: 'Remove an origin',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: CorsOriginId }),
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})

export const Homepage = Type.Object({
  object: Type.Literal('homepage_url'),
  url: Type.Union([Type.String(), Type.Null()]),
})
export type Homepage = Static<typeof Homepage>

export const getHomepage = endpoint({
  operationId: 'getHomepageUrl',
  method: 'GET',
  path: '/user_management/homepage_url',
  summary: 'Where people land after signing out when no sign-out redirect is set',
  tag,
  access: 'api_key',
  extension: true,
  success: { status: 200, body: Homepage },
})

export const setHomepage = endpoint({
  operationId: 'setHomepageUrl',
  method: 'PUT',
  path: '/user_management/homepage_url',
  summary: 'Set the homepage of the application',
  tag,
  access: 'api_key',
  extension: true,
  body: Type.Object({ url: Type.Union([Uri, Type.Null()]) }),
  success: { status: 200, body: Homepage },
  errors: { 422: ['invalid_redirect_uri'] },
})
