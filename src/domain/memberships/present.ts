import type { OrganizationMembership, OrganizationMembershipEventData } from '#contracts/memberships.ts'
import { presentUser } from '../users/present.ts'
import type { JoinedRow } from './read.ts'

export function presentMembership(row: JoinedRow): OrganizationMembership {
  return {
    object: 'organization_membership',
    id: row.id,
    user_id: row.user_id,
    organization_id: row.organization_id,
    organization_name: row.organization_name,
    status: row.status,
    role: { slug: row.role_slugs[0] ?? '' }, // there is always one
    roles: row.role_slugs.map((slug) => ({ slug })),
    custom_attributes: row.custom_attributes as OrganizationMembership['custom_attributes'], // an object in every row
    directory_managed: row.directory_user_id !== null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    user: presentUser({
      id: row.u_id,
      email: row.u_email,
      email_verified: row.u_email_verified,
      first_name: row.u_first_name,
      last_name: row.u_last_name,
      name: row.u_name,
      profile_picture_url: row.u_profile_picture_url,
      locale: row.u_locale,
      external_id: row.u_external_id,
      metadata: row.u_metadata,
      last_sign_in_at: row.u_last_sign_in_at,
      created_at: row.u_created_at,
      updated_at: row.u_updated_at,
    }),
  }
}

/** Events say whose membership of what it is, and leave the two to their own events. */
export function presentInEvent({
  organization_name: _name,
  user: _user,
  ...payload
}: OrganizationMembership): OrganizationMembershipEventData {
  return payload
}
