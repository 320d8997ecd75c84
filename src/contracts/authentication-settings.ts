import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationId } from './ids.ts'

const Seconds = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum })

/** Ways to sign in that can be switched; SSO is a matter of connections. */
export const AuthenticationMethods = Type.Object({
  password: Type.Boolean(),
  magic_auth: Type.Boolean(),
  passkey: Type.Boolean(),
  google_oauth: Type.Boolean(),
  microsoft_oauth: Type.Boolean(),
  github_oauth: Type.Boolean(),
  apple_oauth: Type.Boolean(),
  /** OpenID providers that the environment named itself. */
  custom_oauth: Type.Boolean(),
})
export type AuthenticationMethods = Static<typeof AuthenticationMethods>

/** How people of an environment sign in. */
export const AuthenticationSettings = Type.Object({
  methods: AuthenticationMethods,
  /** `domain`: only addresses of verified domains of organizations may make an account on their own. */
  sign_up: Type.Union([Type.Literal('open'), Type.Literal('domain'), Type.Literal('closed')]),
  /** Whether an address must be proven before it signs in with a password or an unproven provider. */
  email_verification_required: Type.Boolean(),
  mfa: Type.Union([Type.Literal('off'), Type.Literal('optional'), Type.Literal('required')]),
  password: Type.Object({
    minimum_length: Type.Integer({ minimum: 8, maximum: 64 }),
    /** Refuses passwords of the list of common ones, and those that hold the address or name. */
    refuse_common: Type.Boolean(),
    /** How many former passwords may not come back. */
    history: Type.Integer({ minimum: 0, maximum: 10 }),
  }),
  session: Type.Object({
    access_token_seconds: Seconds(60, 86_400),
    /** Longest life of a session, however much it is used. */
    maximum_seconds: Seconds(300, 31_536_000),
    /** A session unused for so long ends. */
    inactivity_seconds: Seconds(300, 31_536_000),
    signing_algorithm: Type.Union([Type.Literal('RS256'), Type.Literal('ES256')]),
    /** What access tokens name as their issuer; null for the address of this server. */
    issuer: Type.Union([Type.String({ format: 'uri' }), Type.Null()]),
  }),
  impersonation: Type.Boolean(),
  /** The app's page that starts a sign-in; where IdP-initiated sign-ins, invitations and impersonations begin. */
  sign_in_endpoint: Type.Union([Type.String({ format: 'uri' }), Type.Null()]),
  directory_provisioning: Type.Boolean(),
})
export type AuthenticationSettings = Static<typeof AuthenticationSettings>

/** A setting that is misspelt must not pass for one that was made. */
const closed = { additionalProperties: false }

/** What one organization has otherwise. Keys left out follow the environment. */
export const OrganizationAuthenticationSettings = Type.Object(
  {
    methods: Type.Optional(Type.Partial(AuthenticationMethods, closed)),
    mfa: Type.Optional(Type.Union([Type.Literal('off'), Type.Literal('optional'), Type.Literal('required')])),
    /** Whether people of its verified domains must use its connection, once that is active. */
    sso_required: Type.Optional(Type.Boolean()),
    /** Whether people of its verified domains who sign in by SSO become members by that. */
    jit_membership: Type.Optional(Type.Boolean()),
    /** Whether people of other domains may sign in through its connection once invited. */
    guests: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type OrganizationAuthenticationSettings = Static<typeof OrganizationAuthenticationSettings>

/** Fields left out keep their value. */
export const AuthenticationSettingsUpdate = Type.Partial(
  Type.Object({
    ...AuthenticationSettings.properties,
    methods: Type.Partial(AuthenticationMethods, closed),
    password: Type.Partial(AuthenticationSettings.properties.password, closed),
    session: Type.Partial(AuthenticationSettings.properties.session, closed),
  }),
  closed,
)
export type AuthenticationSettingsUpdate = Static<typeof AuthenticationSettingsUpdate>

const tag = 'authentication-settings'
const params = Type.Object({ id: OrganizationId })

export const getAuthenticationSettings = endpoint({
  operationId: 'getAuthenticationSettings',
  method: 'GET',
  path: '/authentication_settings',
  summary: 'How people of the environment sign in',
  tag,
  access: 'api_key',
  extension: true,
  success: { status: 200, body: AuthenticationSettings },
})

export const updateAuthenticationSettings = endpoint({
  operationId: 'updateAuthenticationSettings',
  method: 'PUT',
  path: '/authentication_settings',
  summary: 'Change how people of the environment sign in; fields left out keep their value',
  tag,
  access: 'api_key',
  extension: true,
  body: AuthenticationSettingsUpdate,
  success: { status: 200, body: AuthenticationSettings },
  errors: { 422: [] },
})

export const getOrganizationAuthenticationSettings = endpoint({
  operationId: 'getOrganizationAuthenticationSettings',
  method: 'GET',
  path: '/organizations/{id}/authentication_settings',
  summary: 'What an organization has otherwise than its environment',
  tag,
  access: 'api_key',
  extension: true,
  params,
  success: { status: 200, body: OrganizationAuthenticationSettings },
  errors: { 404: ['entity_not_found'] },
})

export const setOrganizationAuthenticationSettings = endpoint({
  operationId: 'setOrganizationAuthenticationSettings',
  method: 'PUT',
  path: '/organizations/{id}/authentication_settings',
  summary: 'Say what an organization has otherwise than its environment; what is left out follows the environment',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: OrganizationAuthenticationSettings,
  success: { status: 200, body: OrganizationAuthenticationSettings },
  errors: { 404: ['entity_not_found'], 422: [] },
})
