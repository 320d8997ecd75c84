import type { EnvironmentId, OrganizationId, OrganizationMembershipId, UserId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { MembershipStatus, OrganizationMembership } from '#contracts/memberships.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { presentMembership } from './present.ts'

type Reader = Database['kysely'] | Work['tx']

export interface MembershipQuery extends PageQuery {
  readonly user_id?: string
  readonly organization_id?: string
  readonly statuses?: readonly MembershipStatus[]
}

/** User and organization ride along: a page of memberships is one round trip. */
function memberships(reader: Reader, environment: EnvironmentId) {
  return reader
    .selectFrom('organization_memberships as m')
    .innerJoin('users as u', (join) =>
      join.onRef('u.environment_id', '=', 'm.environment_id').onRef('u.id', '=', 'm.user_id'),
    )
    .innerJoin('organizations as o', (join) =>
      join.onRef('o.environment_id', '=', 'm.environment_id').onRef('o.id', '=', 'm.organization_id'),
    )
    .selectAll('m')
    .select('o.name as organization_name')
    .select([
      'u.id as u_id',
      'u.email as u_email',
      'u.email_verified as u_email_verified',
      'u.first_name as u_first_name',
      'u.last_name as u_last_name',
      'u.name as u_name',
      'u.profile_picture_url as u_profile_picture_url',
      'u.locale as u_locale',
      'u.external_id as u_external_id',
      'u.metadata as u_metadata',
      'u.last_sign_in_at as u_last_sign_in_at',
      'u.created_at as u_created_at',
      'u.updated_at as u_updated_at',
    ])
    .where('m.environment_id', '=', environment)
}

export type JoinedRow = Awaited<ReturnType<ReturnType<typeof memberships>['executeTakeFirstOrThrow']>>

/** @throws NotFound */
export async function readMembership(
  reader: Reader,
  environment: EnvironmentId,
  id: OrganizationMembershipId,
): Promise<OrganizationMembership> {
  const row = await memberships(reader, environment).where('m.id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Organization Membership', id)
  return presentMembership(row)
}

/** Somebody's membership of an organization, whatever its status, locked until the transaction ends. */
export async function findMembership(
  work: Work,
  user: UserId,
  organization: OrganizationId,
): Promise<OrganizationMembership | undefined> {
  const row = await memberships(work.tx, work.environment)
    .where('m.user_id', '=', user)
    .where('m.organization_id', '=', organization)
    .forUpdate('m')
    .executeTakeFirst()
  return row && presentMembership(row)
}

/** All memberships of a user or of an organization, whatever their status, locked until the transaction ends. */
export async function readMembershipsOf(
  work: Work,
  of: { readonly user: UserId } | { readonly organization: OrganizationId },
): Promise<OrganizationMembership[]> {
  const all = memberships(work.tx, work.environment).orderBy('m.id').forUpdate('m')
  const rows = await (
    'user' in of ? all.where('m.user_id', '=', of.user) : all.where('m.organization_id', '=', of.organization)
  ).execute()
  return rows.map(presentMembership)
}

/** Which organizations are open to somebody, oldest membership first. */
export async function activeMemberships(
  reader: Reader,
  environment: EnvironmentId,
  user: UserId,
): Promise<OrganizationMembership[]> {
  const rows = await memberships(reader, environment)
    .where('m.user_id', '=', user)
    .where('m.status', '=', 'active')
    .orderBy('m.id')
    .execute()
  return rows.map(presentMembership)
}

/** @throws BadRequest when it is asked for the memberships of nobody in particular. */
export async function listMemberships(
  db: Database,
  environment: EnvironmentId,
  query: MembershipQuery,
): Promise<Page<OrganizationMembership>> {
  const { user_id: user, organization_id: organization, statuses = ['active'] } = query
  if (user === undefined && organization === undefined)
    throw new BadRequest('Say whose memberships, by user_id or organization_id.', 'missing_user_id_or_organization_id')
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    memberships(db.kysely, environment)
      .$if(user !== undefined, (list) => list.where('m.user_id', '=', user as UserId)) // any text may be asked for
      .$if(organization !== undefined, (list) => list.where('m.organization_id', '=', organization as OrganizationId))
      .where('m.status', 'in', statuses)
      .$if(newerThan !== undefined, (list) => list.where('m.id', '>', newerThan as OrganizationMembershipId))
      .$if(olderThan !== undefined, (list) => list.where('m.id', '<', olderThan as OrganizationMembershipId))
      .orderBy('m.id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(presentMembership), list_metadata }
}
