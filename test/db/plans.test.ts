import { expect, test } from 'vitest'
import { openDatabase } from '#db/database.ts'
import { referencesOf } from '#domain/directories/references.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { addGroup, addUser, createScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

test('a plan that a connection made while the tables were small is one for large tables too', async () => {
  const client = await createScimClient(server)
  const group = await addGroup(client, 'Engineering', await addUser(client, 'ada@corp.example'))
  await server.db.pool.query('vacuum analyze directory_users, directory_memberships')
  const { rows } = await server.db.pool.query<{ environment_id: EnvironmentId }>(
    'select environment_id from directory_groups',
  )
  const environment = rows[0]?.environment_id as EnvironmentId // the group is of one

  const { pool, close } = openDatabase({ url: server.db.url, poolSize: 1, onError: () => undefined })
  try {
    // From the sixth time on PostgreSQL keeps its plan, until statistics change: an initial sync is faster than that.
    for (let times = 0; times < 6; times++)
      expect((await referencesOf(pool, environment, 'members', [group])).get(group)).toHaveLength(1)
    const kept = await pool.query(`select generic_plans from pg_prepared_statements where name ~ 'references-members'`)
    expect(kept.rows).toEqual([{ generic_plans: 1 }])
    const plan = await pool.query({
      text: `explain execute "scim-references-members" ('${environment}', '{${group}}')`,
      rowMode: 'array',
    })
    expect(plan.rows.join('\n')).not.toContain('Seq Scan')
    expect(plan.rows.join('\n')).toMatch(/Index (Only )?Scan (using|on) directory_users_pkey/)
  } finally {
    await close()
  }
})
