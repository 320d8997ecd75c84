import type { TSchema } from 'typebox'
import { endpoints } from './all.ts'
import { authorizeUser } from './authkit.ts'
import { Branding } from './branding.ts'
import { authenticate, AuthenticateResponse, AuthenticationErrorBody } from './authentication.ts'
import { AuthenticationSettings, OrganizationAuthenticationSettings } from './authentication-settings.ts'
import { Connection, ConfiguredConnection } from './connections.ts'
import type { AnyEndpoint } from './endpoint.ts'
import { ApiKey, Environment, IssuedApiKey } from './environments.ts'
import { ConfiguredDirectory, Directory, DirectoryToken } from './directories.ts'
import { DirectoryAttribute } from './directory-attributes.ts'
import { DirectoryGroupRole, DirectoryUserRole } from './directory-roles.ts'
import { DirectoryReconciliation, DirectorySnapshot } from './directory-snapshots.ts'
import { authorizeDevice } from './device-authorization.ts'
import { DirectoryGroup, DirectoryUser, DirectoryUserWithGroups } from './directory-users.ts'
import { EmailVerification } from './email-verifications.ts'
import { ErrorBody, OAuthErrorBody } from './errors.ts'
import { Event, eventPayloads } from './events.ts'
import { Mail } from './mailbox.ts'
import { JwtTemplate } from './jwt-templates.ts'
import { MagicAuth } from './magic-auth.ts'
import { AuthenticationChallenge, AuthenticationFactor, EnrolledFactor } from './mfa.ts'
import { Invitation, InvitationEventData } from './invitations.ts'
import { OrganizationDomain } from './organization-domains.ts'
import { OrganizationMembership, OrganizationMembershipEventData } from './memberships.ts'
import { Organization } from './organizations.ts'
import { Permission } from './permissions.ts'
import { PasswordReset } from './password-resets.ts'
import { logoutSession, Session } from './sessions.ts'
import { CorsOrigin, Homepage, LogoutUri, RedirectUri } from './redirects.ts'
import { OrganizationRoleEventData, Role, RoleEventData } from './roles.ts'
import { User } from './users.ts'
import { WebhookDelivery, WebhookEndpoint } from './webhooks.ts'
import { authorizeSso, exchangeSsoCode, getSsoProfile, Profile, ssoLogout } from './sso.ts'

/** A JSON value as the document holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: readonly { readonly [scheme: string]: readonly string[] }[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: { readonly [status: string]: Response }
  /** The vendor has no counterpart. */
  readonly 'x-gatehouse-extension'?: true
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly style?: 'form'
  readonly explode?: boolean
  readonly schema: Json
}

export interface Response {
  readonly description: string
  readonly headers?: { readonly [name: string]: Json }
  readonly content?: Content
}

type Content = { readonly [mediaType: string]: { readonly schema: Json } }

export interface OpenApi {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: { readonly [name: string]: Json }; readonly securitySchemes: Json }
}

/** Schemas that many operations share; everything else is written where it is used. */
const named: ReadonlyMap<TSchema, string> = new Map<TSchema, string>([
  [Organization, 'Organization'],
  [OrganizationDomain, 'OrganizationDomain'],
  [User, 'User'],
  [OrganizationMembership, 'OrganizationMembership'],
  [OrganizationMembershipEventData, 'OrganizationMembershipEventData'],
  [Invitation, 'Invitation'],
  [InvitationEventData, 'InvitationEventData'],
  [Role, 'Role'],
  [RoleEventData, 'RoleEventData'],
  [OrganizationRoleEventData, 'OrganizationRoleEventData'],
  [Permission, 'Permission'],
  [Connection, 'Connection'],
  [ConfiguredConnection, 'ConfiguredConnection'],
  [Profile, 'Profile'],
  [Directory, 'Directory'],
  [ConfiguredDirectory, 'ConfiguredDirectory'],
  [DirectoryUserWithGroups, 'DirectoryUserWithGroups'],
  [DirectoryUser, 'DirectoryUser'],
  [DirectoryGroup, 'DirectoryGroup'],
  [DirectoryToken, 'DirectoryToken'],
  [DirectoryGroupRole, 'DirectoryGroupRole'],
  [DirectoryUserRole, 'DirectoryUserRole'],
  [DirectoryAttribute, 'DirectoryAttribute'],
  [DirectorySnapshot, 'DirectorySnapshot'],
  [DirectoryReconciliation, 'DirectoryReconciliation'],
  [Event, 'Event'],
  [RedirectUri, 'RedirectUri'],
  [LogoutUri, 'LogoutUri'],
  [CorsOrigin, 'CorsOrigin'],
  [Homepage, 'HomepageUrl'],
  [WebhookEndpoint, 'WebhookEndpoint'],
  [WebhookDelivery, 'WebhookDelivery'],
  [Branding, 'Branding'],
  [Mail, 'Mail'],
  [Environment, 'Environment'],
  [ApiKey, 'EnvironmentApiKey'],
  [IssuedApiKey, 'IssuedEnvironmentApiKey'],
  [AuthenticateResponse, 'AuthenticateResponse'],
  [AuthenticationErrorBody, 'AuthenticationError'],
  [Session, 'Session'],
  [MagicAuth, 'MagicAuth'],
  [PasswordReset, 'PasswordReset'],
  [EmailVerification, 'EmailVerification'],
  [AuthenticationFactor, 'AuthenticationFactor'],
  [EnrolledFactor, 'EnrolledAuthenticationFactor'],
  [AuthenticationChallenge, 'AuthenticationChallenge'],
  [JwtTemplate, 'JwtTemplate'],
  [AuthenticationSettings, 'AuthenticationSettings'],
  [OrganizationAuthenticationSettings, 'OrganizationAuthenticationSettings'],
  [ErrorBody, 'Error'],
  [OAuthErrorBody, 'OAuthError'],
])

/** Met by browsers: success is a redirect, and a failure that cannot be sent back to the application is a page. */
const redirecting: ReadonlySet<AnyEndpoint> = new Set<AnyEndpoint>([
  authorizeUser,
  authorizeSso,
  ssoLogout,
  logoutSession,
])

/** RFC 6749 §4.1.3 is form-encoded. */
const formEncoded: ReadonlySet<AnyEndpoint> = new Set<AnyEndpoint>([exchangeSsoCode, authenticate, authorizeDevice])

/** Operations whose errors are RFC 6749's, and the status this is true of. */
const oauthErrors: ReadonlyMap<AnyEndpoint, number> = new Map<AnyEndpoint, number>([
  [exchangeSsoCode, 400],
  [authorizeDevice, 400],
  [getSsoProfile, 401],
])

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'Validation failed',
  429: 'Too many requests',
}

/** The OpenAPI 3.1 document of every operation in `all.ts`, or of others. */
export function openApi(version: string, operations: readonly AnyEndpoint[] = endpoints): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const endpoint of operations) {
    const item = (paths[endpoint.path] ??= {})
    item[endpoint.method.toLowerCase()] = operationOf(endpoint)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Gatehouse API',
      version,
      description:
        'Enterprise sign-in and directory sync that a company runs itself. Operations marked x-gatehouse-extension have no counterpart in the WorkOS API.',
    },
    tags: [...new Set(operations.map((endpoint) => endpoint.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        [...named].map(([schema, name]) => [name, schema === Event ? anyEvent() : inline(schema)]),
      ),
      securitySchemes: {
        api_key: { type: 'http', scheme: 'bearer', description: 'An API key of the environment.' },
        access_token: { type: 'http', scheme: 'bearer', description: 'A token this API issued for the purpose.' },
      },
    },
  }
}

function operationOf(endpoint: AnyEndpoint): Operation {
  return {
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    security: endpoint.access === 'public' ? [] : [{ [endpoint.access]: [] }],
    parameters: [
      ...parametersOf(endpoint.params, 'path'),
      ...parametersOf(endpoint.query, 'query'),
      ...(endpoint.method === 'POST' && endpoint.access === 'api_key' ? [idempotencyKey] : []),
    ],
    ...(endpoint.body && { requestBody: requestBody(endpoint, endpoint.body) }),
    responses: responsesOf(endpoint),
    ...(endpoint.extension && { 'x-gatehouse-extension': true }),
  }
}

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeating the request with the same key gets the first answer again.',
  schema: { type: 'string' },
}

function parametersOf(schema: TSchema | undefined, place: 'path' | 'query'): Parameter[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, TSchema>
    required?: string[]
  } // an object schema
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    // Comma-joined, as the SDKs send it; repeated parameters and `name[]` are understood too.
    ...('items' in property && { style: 'form', explode: false }),
    schema: refer(property),
  }))
}

function requestBody(endpoint: AnyEndpoint, body: TSchema): NonNullable<Operation['requestBody']> {
  const schema = refer(body)
  const json = { 'application/json': { schema } }
  return {
    // No body at all counts as an empty object.
    required: 'required' in body,
    content: formEncoded.has(endpoint) ? { 'application/x-www-form-urlencoded': { schema }, ...json } : json,
  }
}

function responsesOf(endpoint: AnyEndpoint): Record<string, Response> {
  if (endpoint === authorizeSso) return { ...browserResponses, ...fetchedAhead }
  if (endpoint === authorizeUser)
    return {
      ...browserResponses,
      ...fetchedAhead,
      '429': {
        description: 'A page that says how long to wait',
        content: { 'text/html': { schema: { type: 'string' } } },
      },
    }
  if (redirecting.has(endpoint)) return browserResponses
  const codes = new Map<number, readonly string[]>(
    Object.entries(endpoint.errors ?? {}).map(([status, list]) => [Number(status), list]),
  )
  const always = [
    ...(endpoint.access === 'public' ? [] : [401]),
    ...(endpoint.query || endpoint.body || endpoint.params ? [422] : []),
    // Any request but GET may carry a body, needed or not; one that cannot be read is refused. So is a path.
    ...(endpoint.method === 'GET' ? [] : [400, 413, 415]),
    ...(endpoint.params ? [400] : []),
  ]
  for (const status of always) if (!codes.has(status)) codes.set(status, [])
  if (endpoint.method === 'POST' && endpoint.access === 'api_key')
    codes.set(409, [...(codes.get(409) ?? []), 'idempotency_key_in_use'])

  const errors = [...codes]
    .toSorted(([a], [b]) => a - b)
    .map(([status, list]) => [String(status), errorResponse(endpoint, status, list)] as const)
  return { ...successOf(endpoint), ...Object.fromEntries(errors) }
}

const fetchedAhead: Record<string, Response> = {
  '204': { description: 'Nothing, for a browser that fetches links ahead' },
}

const browserResponses: Record<string, Response> = {
  '200': { description: 'A page that leads on by a form', content: { 'text/html': { schema: { type: 'string' } } } },
  '302': { description: 'Found', headers: { Location: { schema: { type: 'string' } } } },
  '400': { description: 'A page that says what is wrong', content: { 'text/html': { schema: { type: 'string' } } } },
}

function successOf(endpoint: AnyEndpoint): Record<string, Response> {
  const { success } = endpoint
  switch (success.status) {
    case 200:
      if ('empty' in success) return { '200': { description: 'OK, without a body' } }
      if ('csv' in success)
        return { '200': { description: 'OK', content: { 'text/csv': { schema: { type: 'string' } } } } }
      return { '200': { description: 'OK', content: { 'application/json': { schema: refer(success.body) } } } }
    case 201:
      return { '201': { description: 'Created', content: { 'application/json': { schema: refer(success.body) } } } }
    case 202:
      return { '202': { description: 'Accepted', content: { 'text/plain': { schema: { const: 'Accepted' } } } } }
    case 204:
      return { '204': { description: 'No content' } }
    default:
      return success satisfies never
  }
}

function errorResponse(endpoint: AnyEndpoint, status: number, codes: readonly string[]): Response {
  const reason = reasons[status] ?? 'Error'
  const usual = oauthErrors.get(endpoint) === status ? OAuthErrorBody : ErrorBody
  const schema = endpoint === authenticate ? AuthenticationErrorBody : usual
  return {
    description: codes.length === 0 ? reason : `${reason}: ${codes.map((code) => `\`${code}\``).join(', ')}`,
    content: { 'application/json': { schema: refer(schema) } },
  }
}

/** An event with its payload, for every name this server emits. */
function anyEvent(): Json {
  return {
    oneOf: Object.entries(eventPayloads).map(([name, payload]) => {
      const { properties, ...rest } = inline(Event) as { properties: Record<string, Json> } // an object schema
      return { ...rest, properties: { ...properties, event: { type: 'string', const: name }, data: refer(payload) } }
    }),
  }
}

function refer(schema: TSchema): Json {
  const name = named.get(schema)
  return name === undefined ? inline(schema) : { $ref: `#/components/schemas/${name}` }
}

/** The schema as OpenAPI readers expect it: named parts referred to, records and enumerations the usual way. */
function inline(schema: TSchema): Json {
  const copy: Record<string, Json> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'patternProperties') {
      // Type.Record: every name is allowed.
      const [values] = Object.values(value as Record<string, TSchema>)
      if (values) copy['additionalProperties'] = refer(values)
    } else if (key === 'properties') {
      const properties = Object.entries(value as Record<string, TSchema>)
      copy[key] = Object.fromEntries(properties.map(([name, property]) => [name, refer(property)]))
    } else if (key === 'items') {
      copy[key] = refer(value as TSchema)
    } else if (key === 'anyOf') {
      copy[key] = (value as TSchema[]).map(refer)
    } else {
      copy[key] = value as Json // JSON Schema keywords hold JSON
    }
  }
  return Array.isArray(copy['enum']) ? { type: 'string', ...copy } : copy
}
