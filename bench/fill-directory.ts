import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Name, address and external id of the n-th person. */
export const userName = (n: number): string => `person-${String(n).padStart(8, '0')}@corp.example`

/**
 * Fills a directory with copies of one person, and groups with the first of them: by SQL, because a million requests are
 * not what is measured.
 */
export async function fillDirectory(
  databaseUrl: string,
  template: string,
  users: number,
  groups: readonly { readonly id: string; readonly members: number }[],
): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  const kept = 'environment_id, directory_id, active, visible, complete, role_slug, created_at, updated_at'
  const renamed = (column: string) => `replace(${column}::text, user_name, name)`
  try {
    await pool.query(
      `insert into directory_users (id, idp_id, external_id, user_name, user_name_key, email, email_key, resource, presented, ${kept})
       select id || '-' || n, name, name, name, name, name, name, ${renamed('resource')}::jsonb, ${renamed('presented')}, ${kept}
       from (select *, 'person-' || lpad(n::text, 8, '0') || '@corp.example' as name
         from directory_users, generate_series(1, $2::int) as n where id = $1) as copies
       order by n`,
      [template, users],
    )
    for (const { id, members } of groups)
      await pool.query(
        `insert into directory_memberships (environment_id, group_id, user_id)
         select environment_id, $2, id || '-' || n from directory_users, generate_series(1, $3::int) as n where id = $1`,
        [template, id, members],
      )
    await pool.query('vacuum analyze')
    await pool.query('checkpoint')
  } finally {
    await pool.end()
  }
  // What vacuum and checkpoint left to the disk should not be measured.
  await sleep(500)
}
