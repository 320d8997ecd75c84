import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { AuthenticateResponse, AuthenticationMethod } from '#contracts/authentication.ts'
import type { ConnectionId, EnvironmentId, OrganizationId, SessionId, UserId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { signJwt } from '#protocols/jwt.ts'
import { JwtTemplateInvalid, parseJwtTemplate, renderJwtTemplate } from '#protocols/jwt-template.ts'
import type { SigningKeyCache } from '../environments/signing-key-cache.ts'
import { signerOf } from '../environments/signing-keys.ts'
import { BadRequest } from '../errors.ts'
import { withDefaults } from '../authentication/settings.ts'
import { presentUser, type UserRow } from '../users/present.ts'

type Reader = Database['kysely'] | Work['tx']

/** Longer cookies than these are dropped by browsers, and applications keep tokens in cookies. */
const maxTemplateBytes = 3072

export interface TokenDeps {
  readonly signingKeys: SigningKeyCache
  readonly baseUrl: string
}

/** A row of the SQL function session_claims: whole rows went through JSON, so their times are text. */
export interface SessionClaims {
  readonly client: string
  readonly session: {
    readonly id: SessionId
    readonly user_id: UserId
    readonly organization_id: OrganizationId | null
    readonly auth_method: AuthenticationMethod
    readonly connection_id: ConnectionId | null
    readonly mfa: boolean
    readonly impersonator_email: string | null
    readonly impersonator_reason: string | null
    readonly authenticated_at: string
  }
  readonly person: Omit<UserRow, 'last_sign_in_at' | 'created_at' | 'updated_at'> & {
    readonly last_sign_in_at: string | null
    readonly created_at: string
    readonly updated_at: string
  }
  readonly organization: Readonly<Record<string, unknown>> | null
  readonly membership: { readonly id: string; readonly role_slugs: readonly string[] } | null
  readonly permissions: readonly string[]
  readonly template: string | null
  readonly settings: unknown
}

export async function readSessionClaims(
  reader: Reader,
  environment: EnvironmentId,
  session: SessionId,
): Promise<SessionClaims> {
  const { rows } = await sql<SessionClaims>`select * from session_claims(${environment}, ${session})`.execute(reader)
  const [claims] = rows
  if (!claims) throw new Error(`session ${session} is gone`)
  return claims
}

/**
 * Signs the access token of a session.
 * @param refreshTokenHash of the refresh token given with it. The token's id comes from it, so that whoever exchanges a
 *   refresh token again within its grace gets the same token and not another.
 */
export async function signAccessToken(
  deps: TokenDeps,
  environment: EnvironmentId,
  claims: SessionClaims,
  refreshTokenHash: Buffer,
  issuedAt: Date,
): Promise<string> {
  const { session, membership } = claims
  const settings = withDefaults(claims.settings).session
  const key = signerOf(await deps.signingKeys.get(environment, 'jwt'), settings.signing_algorithm, issuedAt)
  const iat = seconds(issuedAt)
  const [role] = membership?.role_slugs ?? []
  return signJwt(
    {
      ...templateClaims(claims),
      iss: settings.issuer ?? deps.baseUrl,
      sub: session.user_id,
      sid: session.id,
      client_id: claims.client,
      ...(session.organization_id !== null && { org_id: session.organization_id }),
      ...(membership && role !== undefined && { role, roles: membership.role_slugs, permissions: claims.permissions }),
      ...(session.impersonator_email !== null && { act: { sub: session.impersonator_email } }),
      auth_time: seconds(new Date(session.authenticated_at)),
      jti: createHash('sha256').update('jti').update(refreshTokenHash).digest('base64url').slice(0, 26),
      iat,
      exp: iat + settings.access_token_seconds,
    },
    key,
  )
}

/** What a session looks like to the application that gets it. */
export function presentSignIn(claims: SessionClaims, accessToken: string, refreshToken: string): AuthenticateResponse {
  const { session, person } = claims
  return {
    user: presentUser({
      ...person,
      last_sign_in_at: person.last_sign_in_at === null ? null : new Date(person.last_sign_in_at),
      created_at: new Date(person.created_at),
      updated_at: new Date(person.updated_at),
    }),
    ...(session.organization_id !== null && { organization_id: session.organization_id }),
    access_token: accessToken,
    refresh_token: refreshToken,
    authentication_method: session.auth_method,
    ...(session.impersonator_email !== null && {
      impersonator: { email: session.impersonator_email, reason: session.impersonator_reason },
    }),
  }
}

/** Claims that are ours, whether a token has them or not: without an organization a template must not make up a role. */
const ours = ['sid', 'client_id', 'org_id', 'role', 'roles', 'permissions', 'act', 'auth_time']

/**
 * What the environment's template adds to the access tokens of a session.
 * @throws BadRequest `token_too_big`: the application would lose it.
 */
export function templateClaims({ template, person, organization, membership }: SessionClaims): Record<string, unknown> {
  if (template === null) return {}
  const rendered = render(template, {
    user: person,
    organization,
    organization_membership: membership && { ...membership, role: membership.role_slugs[0] },
  })
  const claims = Object.fromEntries(Object.entries(rendered).filter(([name]) => !ours.includes(name)))
  if (Buffer.byteLength(JSON.stringify(claims)) > maxTemplateBytes)
    throw new BadRequest(
      `The claims of the JWT template are larger than ${maxTemplateBytes} bytes for this user.`,
      'token_too_big',
    )
  return claims
}

function render(template: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return renderJwtTemplate(parseJwtTemplate(template), values)
  } catch (error) {
    // It was checked when it was saved, with nothing filled in; what a value makes of it shows only here.
    if (error instanceof JwtTemplateInvalid) throw new BadRequest(error.message, 'jwt_template_invalid')
    throw error
  }
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}
