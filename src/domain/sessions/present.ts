import type { AuthenticationMethod } from '#contracts/authentication.ts'
import type { OrganizationId, SessionId, UserId } from '#contracts/ids.ts'
import type { Session } from '#contracts/sessions.ts'

export interface SessionRow {
  readonly id: SessionId
  readonly user_id: UserId
  readonly organization_id: OrganizationId | null
  readonly auth_method: AuthenticationMethod
  readonly impersonator_email: string | null
  readonly impersonator_reason: string | null
  readonly ip_address: string | null
  readonly user_agent: string | null
  readonly expires_at: Date
  readonly ended_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** Sessions call methods otherwise than sign-ins do. */
const methods: Record<AuthenticationMethod, Session['auth_method']> = {
  SSO: 'sso',
  Password: 'password',
  Passkey: 'passkey',
  AppleOAuth: 'oauth',
  GitHubOAuth: 'oauth',
  GoogleOAuth: 'oauth',
  MicrosoftOAuth: 'oauth',
  ExternalAuth: 'external_auth',
  MagicAuth: 'magic_code',
  Impersonation: 'impersonation',
}

export function presentSession(row: SessionRow, now: Date): Session {
  const expired = row.ended_at === null && row.expires_at <= now
  return {
    object: 'session',
    id: row.id,
    user_id: row.user_id,
    ...(row.organization_id !== null && { organization_id: row.organization_id }),
    ...(row.impersonator_email !== null && {
      impersonator: { email: row.impersonator_email, reason: row.impersonator_reason },
    }),
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    auth_method: methods[row.auth_method],
    status: row.ended_at === null ? (expired ? 'expired' : 'active') : 'revoked',
    expires_at: row.expires_at.toISOString(),
    ended_at: (expired ? row.expires_at : row.ended_at)?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
