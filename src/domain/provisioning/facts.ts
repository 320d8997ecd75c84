import type { DirectoryUser } from '#contracts/directory-users.ts'
import type { DirectoryId, DirectoryUserId, OrganizationId, UserId } from '#contracts/ids.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { Work } from '#db/work.ts'
import { findMembership, readMembership } from '../memberships/read.ts'
import { domainOf, isEmail } from '../sso/attributes.ts'
import type { UserRow } from '../users/present.ts'
import { findUserByEmail } from '../users/read.ts'
import type { ProvisioningFacts } from './plan.ts'

/** The facts, and what they were read from. */
export interface Situation {
  readonly facts: ProvisioningFacts
  /** As the directory has them now. */
  readonly person: DirectoryUser | undefined
  readonly followed: OrganizationMembership | undefined
  readonly user: UserRow | undefined
  readonly other: OrganizationMembership | undefined
}

/** Somebody of a directory whom an event names. */
export interface Named {
  readonly person: DirectoryUserId
  readonly organization: OrganizationId
  /** Null where the event does not say: it was about the user here. */
  readonly directory: DirectoryId | null
}

/** A directory that was deleted took its people along, and not because they left. */
async function directoryStands(work: Work, directory: DirectoryId | null): Promise<boolean> {
  if (directory === null) return false
  const row = await work.tx
    .selectFrom('directories')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', directory)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * @returns undefined when the directory is gone, which changes nothing for its people.
 *
 * Reads how things are now, not how they were when the event was written: whatever is read twice, late or after others
 * ends the same.
 */
export async function readSituation(
  work: Work,
  { person: id, organization, directory }: Named,
): Promise<Situation | undefined> {
  const row = await work.tx
    .selectFrom('directory_users as u')
    .innerJoin('directories as d', (join) =>
      join.onRef('d.environment_id', '=', 'u.environment_id').onRef('d.id', '=', 'u.directory_id'),
    )
    .select(['u.presented', 'u.active', 'u.visible', 'u.email'])
    .where('u.environment_id', '=', work.environment)
    .where('u.id', '=', id)
    .where('d.organization_id', '=', organization)
    .executeTakeFirst()
  if (!row && !(await directoryStands(work, directory))) return undefined
  const visible = row?.visible === true ? row : undefined
  // Identity providers send whatever stands in their field; what is no address can be nobody's account.
  const email = visible?.email != null && isEmail(visible.email) ? visible.email : null
  const domains = await verifiedDomains(work, organization)
  const followed = await findFollower(work, id)
  const user = email === null || followed ? undefined : await findUserByEmail(work.tx, work.environment, email)
  const other = user && (await findMembership(work, user.id, organization))
  return {
    facts: {
      person: visible ? { active: visible.active, email, ownDomain: isOf(domains, email) } : null,
      followed: followed ? { status: followed.status, managed: isOf(domains, followed.user?.email ?? null) } : null,
      user: user ? 'exists' : 'none',
      other: other
        ? {
            status: other.status,
            followsAnother: other.directory_managed && (await stillFollows(work, other)),
          }
        : null,
    },
    person: visible && (JSON.parse(visible.presented) as DirectoryUser), // domain/directories wrote it
    followed,
    user,
    other,
  }
}

/** Whose membership follows this person; a user's address never changes by a directory, so this is the link. */
async function findFollower(work: Work, id: DirectoryUserId): Promise<OrganizationMembership | undefined> {
  const row = await work.tx
    .selectFrom('organization_memberships')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('directory_user_id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row && readMembership(work.tx, work.environment, row.id)
}

/** Whether the person that a membership follows is still there. */
async function stillFollows(work: Work, { id }: OrganizationMembership): Promise<boolean> {
  const row = await work.tx
    .selectFrom('organization_memberships as m')
    .innerJoin('directory_users as u', (join) =>
      join.onRef('u.environment_id', '=', 'm.environment_id').onRef('u.id', '=', 'm.directory_user_id'),
    )
    .select('u.id')
    .where('m.environment_id', '=', work.environment)
    .where('m.id', '=', id)
    .where('u.visible', '=', true)
    .executeTakeFirst()
  return row !== undefined
}

async function verifiedDomains(work: Work, organization: OrganizationId): Promise<ReadonlySet<string>> {
  const rows = await work.tx
    .selectFrom('organization_domains')
    .select('domain')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', organization)
    .where('state', 'in', ['verified', 'legacy_verified'])
    .execute()
  return new Set(rows.map(({ domain }) => domain))
}

function isOf(domains: ReadonlySet<string>, email: string | null): boolean {
  return email !== null && domains.has(domainOf(email.toLowerCase()))
}

/** Everybody who follows a person of a directory, for whoever changed one of them locally. */
export async function followedBy(work: Work, user: UserId): Promise<Named[]> {
  const rows = await work.tx
    .selectFrom('organization_memberships')
    .select(['directory_user_id', 'organization_id'])
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('directory_user_id', 'is not', null)
    .execute()
  return rows.flatMap(({ directory_user_id: person, organization_id: organization }) =>
    person === null ? [] : [{ person, organization, directory: null }],
  )
}
