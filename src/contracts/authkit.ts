import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const text = Type.Optional(Type.String())

/** What an application asks with. Names differ from those of `/sso/authorize`. */
export const AuthorizeUserQuery = Type.Object({
  client_id: text,
  redirect_uri: text,
  response_type: text,
  provider: text,
  connection_id: text,
  organization_id: text,
  state: text,
  code_challenge: text,
  code_challenge_method: text,
  login_hint: text,
  domain_hint: text,
  screen_hint: text,
  prompt: text,
  max_age: text,
  invitation_token: text,
  password_reset_token: text,
  ui_locales: text,
  provider_scopes: Type.Optional(Type.Array(Type.String())),
})
export type AuthorizeUserQuery = Static<typeof AuthorizeUserQuery>

export const authorizeUser = endpoint({
  operationId: 'authorizeUser',
  method: 'GET',
  path: '/user_management/authorize',
  summary: 'Start a sign-in in the browser: at the login box, a provider, or an organization’s identity provider',
  tag: 'authkit',
  access: 'public',
  query: AuthorizeUserQuery,
  success: { status: 200, body: Type.Object({ url: Type.String() }) },
})
