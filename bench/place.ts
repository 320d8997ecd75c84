import pg from 'pg'
import type { Pool } from 'undici'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Child, startChild } from './child.ts'
import { poolTo } from './http.ts'
import { startPostgres } from './postgres.ts'
import type { ReceiverReady } from './receiver.ts'
import type { ServerReady } from './server.ts'

/** A server that tells of its events, and whoever is told. */
export interface Place {
  readonly server: Child<ServerReady>
  readonly receiver: Child<ReceiverReady>
  readonly api: Pool
  readonly db: pg.Pool
  readonly environment: EnvironmentId
  databaseMs(): number
}

export async function startPlace(undo: AsyncDisposableStack): Promise<Place> {
  const postgres = await startPostgres(undo)
  const databaseUrl = await postgres.database('place')
  const server = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), {
    databaseUrl,
    development: true,
  })
  const receiver = await startChild<ReceiverReady>(undo, new URL('./receiver.ts', import.meta.url), {})
  const db = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  undo.defer(() => db.end())
  const environment = server.ready.environment as EnvironmentId // the server made it
  const api = poolTo(undo, server.ready.url, 8)
  return { server, receiver, api, db, environment, databaseMs: () => postgres.processorMs() }
}
