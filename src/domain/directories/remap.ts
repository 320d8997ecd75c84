import type { DirectoryId, DirectoryUserId, EnvironmentId } from '#contracts/ids.ts'
import { type ChangeDeps, EmittedEvents, transact } from '#db/work.ts'
import { announceMemberships } from './memberships.ts'
import { announceUser, planUser } from './plan-user.ts'
import { effectiveRole } from './roles.ts'
import { updateUser } from './save-user.ts'
import { directoryById } from './scim-directory.ts'
import { userColumns, type UserRow } from './user-row.ts'

const batch = 200

/**
 * Reads every person of a directory again with the settings as they are now, and announces those that come out changed.
 * In batches: a crash in between leaves people mapped the old way until their next change or the next call.
 */
export async function remapUsers(deps: ChangeDeps, environment: EnvironmentId, id: DirectoryId): Promise<void> {
  let after = ''
  for (;;) {
    const directory = await directoryById(deps.db, environment, id)
    if (!directory) return
    const last = await transact(
      deps,
      environment,
      async (client, _events, now): Promise<DirectoryUserId | undefined> => {
        const { rows } = await client.query<UserRow & { role: string }>(
          `select ${userColumns
            .split(', ')
            .map((column) => `u.${column}`)
            .join(', ')}, ${effectiveRole} as role
         from directory_users u where u.environment_id = $1 and u.directory_id = $2 and u.id > $3
         order by u.id limit ${batch} for update of u`,
          [environment, id, after],
        )
        for (const row of rows) {
          const plan = planUser(directory, row, row.id, row.resource, now, row.role)
          if (JSON.stringify(plan.presented) === row.presented && plan.visible === row.visible) continue
          const events = new EmittedEvents(environment, now)
          announceUser(events.emit, plan, directory)
          if (plan.news === 'created') await announceMemberships(client, events, directory, plan)
          await updateUser(client, directory, plan, row.version, events)
        }
        return rows.at(-1)?.id
      },
    )
    deps.wake()
    if (last === undefined) return
    after = last
  }
}
