import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../src/db/embedded.ts'

/** Runs something on a database that has nothing in it, and throws the database away. */
export async function withEmptyDatabase<T>(use: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-schema-'))
  const server = await startEmbedded({ folder })
  const pool = new pg.Pool({ connectionString: server.url, max: 2 })
  // A connection that is on its way out when the server stops says so; nobody waits for it.
  pool.on('error', () => undefined)
  try {
    return await use(pool)
  } finally {
    await pool.end()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
