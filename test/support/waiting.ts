import type { TestServer } from './server.ts'

/** Until so many wait for a lock in the server's database; requests that were to meet there have met. */
export async function untilWaiting({ db }: TestServer, count: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { rows } = await db.pool.query<{ waiting: number }>(
      `select count(*)::integer as waiting from pg_stat_activity
       where wait_event_type = 'Lock' and datname = current_database()`,
    )
    if ((rows[0]?.waiting ?? 0) >= count) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${count} were to wait for a lock`)
}
