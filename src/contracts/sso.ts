import * as Type from 'typebox'
import type { Static } from 'typebox'
import { ConnectionType } from './connections.ts'
import { endpoint } from './endpoint.ts'
import { ConnectionId, OrganizationId, ProfileId } from './ids.ts'
import { OAuthTokens } from './oauth-providers.ts'

const nullableString = Type.Union([Type.String(), Type.Null()])
const Role = Type.Object({ slug: Type.String() })

export const Profile = Type.Object({
  object: Type.Literal('profile'),
  id: ProfileId,
  connection_id: ConnectionId,
  connection_type: ConnectionType,
  organization_id: Type.Union([OrganizationId, Type.Null()]),
  email: Type.String(),
  first_name: nullableString,
  last_name: nullableString,
  name: nullableString,
  idp_id: Type.String(),
  role: Type.Union([Role, Type.Null()]),
  roles: Type.Union([Type.Array(Role), Type.Null()]),
  groups: Type.Array(Type.String()),
  custom_attributes: Type.Record(Type.String(), Type.Unknown()),
  raw_attributes: Type.Record(Type.String(), Type.Unknown()),
})
export type Profile = Static<typeof Profile>

const tag = 'sso'
const text = Type.Optional(Type.String())

export const AuthorizeQuery = Type.Object({
  client_id: text,
  redirect_uri: text,
  response_type: text,
  connection: text,
  organization: text,
  provider: text,
  domain: text,
  state: text,
  domain_hint: text,
  login_hint: text,
  nonce: text,
  prompt: text,
  code_challenge: text,
  code_challenge_method: text,
  provider_scopes: Type.Optional(Type.Array(Type.String())),
})
export type AuthorizeQuery = Static<typeof AuthorizeQuery>

export const authorizeSso = endpoint({
  operationId: 'authorizeSso',
  method: 'GET',
  path: '/sso/authorize',
  summary: 'Start a sign-in in the browser; answers with a redirect to the identity provider',
  tag,
  access: 'public',
  query: AuthorizeQuery,
  success: { status: 200, body: Type.Object({ url: Type.String() }) },
})
export const TokenRequest = Type.Object({
  client_id: text,
  client_secret: text,
  grant_type: text,
  code: text,
  code_verifier: text,
  redirect_uri: text,
})
export type TokenRequest = Static<typeof TokenRequest>

export const TokenResponse = Type.Object({
  token_type: Type.Literal('Bearer'),
  access_token: Type.String(),
  /** Seconds. */
  expires_in: Type.Integer(),
  profile: Profile,
  oauth_tokens: Type.Optional(OAuthTokens),
})
export type TokenResponse = Static<typeof TokenResponse>

export const exchangeSsoCode = endpoint({
  operationId: 'exchangeSsoCode',
  method: 'POST',
  path: '/sso/token',
  summary: 'Exchange an authorization code for a profile and an access token',
  tag,
  access: 'public',
  body: TokenRequest,
  success: { status: 200, body: TokenResponse },
  errors: { 400: ['invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'], 422: [] },
})

export const getSsoProfile = endpoint({
  operationId: 'getSsoProfile',
  method: 'GET',
  path: '/sso/profile',
  summary: 'The profile an SSO access token stands for',
  tag,
  access: 'access_token',
  success: { status: 200, body: Profile },
  errors: { 401: ['Unauthorized'] },
})

const JsonWebKey = Type.Object({
  kty: Type.String(),
  use: Type.Literal('sig'),
  alg: Type.String(),
  kid: Type.String(),
  /** RSA keys. */
  n: text,
  e: text,
  /** Elliptic curve keys. */
  crv: text,
  x: text,
  y: text,
  x5c: Type.Array(Type.String()),
  'x5t#S256': Type.String(),
})

export const getJwks = endpoint({
  operationId: 'getJwks',
  method: 'GET',
  path: '/sso/jwks/{client_id}',
  summary: 'Public keys of the environment that owns the client',
  tag,
  access: 'public',
  params: Type.Object({ client_id: Type.String() }),
  success: { status: 200, body: Type.Object({ keys: Type.Array(JsonWebKey) }) },
  errors: { 404: ['entity_not_found'] },
})

export const authorizeSsoLogout = endpoint({
  operationId: 'authorizeSsoLogout',
  method: 'POST',
  path: '/sso/logout/authorize',
  summary: 'Get a one-time URL that ends the SSO session of a profile',
  tag,
  access: 'api_key',
  body: Type.Object({ profile_id: ProfileId }),
  success: { status: 201, body: Type.Object({ logout_url: Type.String(), logout_token: Type.String() }) },
  errors: { 404: ['entity_not_found'] },
})

export const ssoLogout = endpoint({
  operationId: 'ssoLogout',
  method: 'GET',
  path: '/sso/logout',
  summary: 'End an SSO session in the browser; answers with a redirect',
  tag,
  access: 'public',
  query: Type.Object({ token: text }),
  success: { status: 204 },
})
