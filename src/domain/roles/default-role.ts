import { newId } from '#db/new-id.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
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

export async function readDefaultRole(db: Database, environment: EnvironmentId): Promise<string> {
  const { slug } = await db.kysely
    .selectFrom('roles')
    .select('slug')
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .where('is_default', '=', true)
    .executeTakeFirstOrThrow()
  return slug
}
