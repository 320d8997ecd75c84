import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { ConnectionId, Timestamp } from './ids.ts'
import { List } from './list.ts'
import { Scope } from './scope.ts'

/** Known ones, by their names as `provider` parameters spell them. Those without a server of their own here need an `issuer`. */
export const oauthProviders = [
  'AppleOAuth',
  'BitbucketOAuth',
  'DiscordOAuth',
  'GitHubOAuth',
  'GitLabOAuth',
  'GoogleOAuth',
  'IntuitOAuth',
  'LinkedInOAuth',
  'MicrosoftOAuth',
  'SalesforceOAuth',
  'SlackOAuth',
  'VercelOAuth',
  'XeroOAuth',
] as const

export const OAuthProviderName = Type.Enum([...oauthProviders])
export type OAuthProviderName = Static<typeof OAuthProviderName>

/** What an environment calls an OpenID provider of its own. No known provider is spelled so. */
const CustomProviderName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' })
const ProviderName = Type.Union([OAuthProviderName, CustomProviderName])

const AppleSettings = Type.Object({
  team_id: Type.String({ pattern: '^[A-Z0-9]{10}$' }),
  key_id: Type.String({ pattern: '^[A-Z0-9]{10}$' }),
})
export type AppleSettings = Static<typeof AppleSettings>

export const OAuthProvider = Type.Object({
  object: Type.Literal('oauth_provider'),
  id: ConnectionId,
  provider: ProviderName,
  /** On its button. */
  title: Type.String(),
  /** Whether people can sign in with it now. */
  enabled: Type.Boolean(),
  client_id: Type.String(),
  /** Null: the provider's own. */
  issuer: Type.Union([Type.String(), Type.Null()]),
  scopes: Type.Array(Type.String()),
  return_tokens: Type.Boolean(),
  /** Whether an address is proven because the provider says that it verified it. */
  trusts_email: Type.Boolean(),
  apple: Type.Optional(AppleSettings),
  /** What to register at the provider. */
  redirect_uri: Type.String(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type OAuthProvider = Static<typeof OAuthProvider>

export const OAuthProviderInput = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  /** Apple: the private key, as PEM. Kept sealed and never shown. */
  client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
  /** An OpenID provider to use instead of the provider's own, or a GitHub Enterprise server. */
  issuer: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Type.Null()])),
  scopes: Type.Optional(Type.Array(Scope, { minItems: 1, maxItems: 50 })),
  /** Whether applications are given the provider's access and refresh tokens. */
  return_tokens: Type.Optional(Type.Boolean()),
  /** What people know a provider of your own as: its button says “Continue with …”. Known ones have their names. */
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' })),
  /**
   * Whether an address counts as proven because the provider says that it verified it; otherwise its inbox is asked.
   * Of a provider of your own, no unless told: yes lets whoever runs it into every account here.
   */
  trusts_email: Type.Optional(Type.Boolean()),
  apple: Type.Optional(AppleSettings),
})
export type OAuthProviderInput = Static<typeof OAuthProviderInput>

/** The provider's tokens, for applications that call the provider themselves. */
export const OAuthTokens = Type.Object({
  provider: Type.String(),
  access_token: Type.String(),
  refresh_token: Type.String(),
  /** Unix seconds; 0 when the provider does not say. */
  expires_at: Type.Integer(),
  scopes: Type.Array(Type.String()),
})
export type OAuthTokens = Static<typeof OAuthTokens>

const params = Type.Object({ name: Type.String() })
const tag = 'sso'

export const listOAuthProviders = endpoint({
  operationId: 'listOAuthProviders',
  method: 'GET',
  path: '/oauth_providers',
  summary: 'List the social and OpenID providers of the environment, by name',
  tag,
  access: 'api_key',
  extension: true,
  success: { status: 200, body: List(OAuthProvider) },
})

export const getOAuthProvider = endpoint({
  operationId: 'getOAuthProvider',
  method: 'GET',
  path: '/oauth_providers/{name}',
  summary: 'Get a social or OpenID provider',
  tag,
  access: 'api_key',
  extension: true,
  params,
  success: { status: 200, body: OAuthProvider },
  errors: { 404: ['entity_not_found'] },
})

export const setOAuthProvider = endpoint({
  operationId: 'setOAuthProvider',
  method: 'PUT',
  path: '/oauth_providers/{name}',
  summary: 'Set up a social provider, or any OpenID provider by a name of your own; fields left out keep their value',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: OAuthProviderInput,
  success: { status: 200, body: OAuthProvider },
  errors: { 404: ['entity_not_found'], 422: ['invalid_oauth_provider'] },
})

export const deleteOAuthProvider = endpoint({
  operationId: 'deleteOAuthProvider',
  method: 'DELETE',
  path: '/oauth_providers/{name}',
  summary: 'Remove a social or OpenID provider; its people keep their profile ids when it is set up again',
  tag,
  access: 'api_key',
  extension: true,
  params,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
