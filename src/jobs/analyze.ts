import type { Database } from '#db/database.ts'

/**
 * Gathers statistics of the tables of which most rows are new. PostgreSQL does so by itself, but looks once a minute: on a
 * table that was empty a minute ago, every index that leads with the environment looks as good as the right one, and
 * whatever is read by the wrong one costs as much as the environment has rows.
 * @returns their names.
 */
export async function analyzeGrown({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>({
    name: 'grown-tables',
    text: `select quote_ident(relname) as name from pg_stat_user_tables
      where schemaname = current_schema() and n_mod_since_analyze > 50 + n_live_tup / 2
      order by relname`,
  })
  const names = rows.map(({ name }) => name)
  for (const name of names) await pool.query(`analyze ${name}`)
  return names
}
