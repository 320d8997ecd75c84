import type { InvitationId, OrganizationId, UserId } from '#contracts/ids.ts'
import type { Invitation, InvitationEventData } from '#contracts/invitations.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { sealContext } from '../environments/sealed-columns.ts'

export interface InvitationRow {
  readonly id: InvitationId
  readonly email: string
  readonly state: 'pending' | 'accepted' | 'revoked'
  readonly organization_id: OrganizationId | null
  readonly inviter_user_id: UserId | null
  readonly accepted_user_id: UserId | null
  readonly role_slug: string | null
  readonly locale: string | null
  readonly sealed_token: string
  readonly expires_at: Date
  readonly accepted_at: Date | null
  readonly revoked_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  /** The application's page that starts a sign-in, where it has said one. */
  readonly sign_in_endpoint: string | null
}

/** What it takes to show what opens an invitation. */
export interface InvitationKeys {
  readonly secrets: Secrets
  /** Where browsers reach us; no trailing slash. */
  readonly baseUrl: string
}

/** Nobody writes that an invitation expired: it is a matter of the clock. */
export function stateOf({ state, expires_at }: InvitationRow, now: Date): Invitation['state'] {
  return state === 'pending' && expires_at <= now ? 'expired' : state
}

export function presentInvitation(row: InvitationRow, { secrets, baseUrl }: InvitationKeys, now: Date): Invitation {
  const token = secrets.open(row.sealed_token, sealContext('invitations.sealed_token', row.id))
  return {
    ...presentInEvent(row, now),
    token,
    accept_invitation_url: invitationUrl(token, row.sign_in_endpoint, baseUrl),
  }
}

export function presentInEvent(row: InvitationRow, now: Date): InvitationEventData {
  return {
    object: 'invitation',
    id: row.id,
    email: row.email,
    state: stateOf(row, now),
    accepted_at: row.accepted_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    expires_at: row.expires_at.toISOString(),
    organization_id: row.organization_id,
    inviter_user_id: row.inviter_user_id,
    accepted_user_id: row.accepted_user_id,
    role_slug: row.role_slug,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** The application's own page, which hands `invitation_token` on to the sign-in; or our page, which starts one. */
export function invitationUrl(token: string, signInEndpoint: string | null, baseUrl: string): string {
  const url = new URL(signInEndpoint ?? `${baseUrl}/authkit/invitation`)
  url.searchParams.set('invitation_token', token)
  return url.href
}
