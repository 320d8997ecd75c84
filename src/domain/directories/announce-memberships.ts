import type pg from 'pg'
import type { DirectoryGroup } from '#contracts/directory-users.ts'
import type { EmittedEvents } from '#db/work.ts'
import type { UserPlan } from './plan-user.ts'
import type { ScimDirectory } from './scim-directory.ts'

/** A person who becomes visible again: the log tells of the memberships, which were kept. */
export async function announceMemberships(
  client: pg.PoolClient,
  events: EmittedEvents,
  directory: ScimDirectory,
  plan: UserPlan,
): Promise<void> {
  const { rows } = await client.query<{ presented: string }>(
    `select g.presented from directory_memberships m
     join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id
     where m.environment_id = $1 and m.user_id = $2 order by g.id for share of g`,
    [directory.environment, plan.id],
  )
  for (const { presented } of rows) {
    const group = JSON.parse(presented) as DirectoryGroup // this room wrote it
    events.emit(
      'dsync.group.user_added',
      { directory_id: directory.id, user: plan.presented, group },
      directory.organizationId,
    )
  }
}
