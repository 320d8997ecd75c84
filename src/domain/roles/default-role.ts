import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'

/** The role of members who are given none: every environment has it from the start. */
export async function createDefaultRole(work: Work): Promise<void> {
  await work.tx
    .insertInto('roles')
    .values({
      environment_id: work.environment,
      id: newId('role', work.now),
      slug: 'member',
      name: 'Member',
      is_default: true,
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
}
