import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { EnvironmentId, EventId } from '#contracts/ids.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.gen.ts'

/** The lock of stamp_events in 0002-events.sql. */
const stampLock = 7_240_101
const stampBatch = 1000

/** A read-only transaction that sees what all events up to `cursor` did, and nothing of any event after it. */
export interface ConsistentRead extends AsyncDisposable {
  readonly client: pg.Client
  readonly kysely: Kysely<Schema>
  /** The last event of the environment; null before its first. */
  readonly cursor: EventId | null
}

/** Opens one on a connection of its own: it may be read slowly, and must not keep one of the pool from everybody else. */
export async function openConsistentRead(db: Database, environment: EnvironmentId): Promise<ConsistentRead> {
  const client = new pg.Client(db.pool.options)
  // The query under way reports it; without a listener a server that goes away would end this process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const cursor = await beginAtCursor(db.pool, client, environment)
    return { client, kysely: over(client), cursor, [Symbol.asyncDispose]: () => client.end() }
  } catch (error) {
    await client.end()
    throw error
  }
}

/**
 * Finds a moment between two events. Committed events that have no position yet could end up behind later ones, so a
 * moment that has none of them is made: with the stamp lock held, a transaction gives positions to exactly those that its
 * own snapshot sees, and the reader goes on with that snapshot. Writers are not held up; stampers wait some milliseconds.
 */
async function beginAtCursor(pool: pg.Pool, reader: pg.Client, environment: EnvironmentId): Promise<EventId | null> {
  const stamper = await pool.connect()
  let broken: Error | undefined
  try {
    // Before the transaction: its first statement takes the snapshot, which must include what the last stamper did.
    await stamper.query('select pg_advisory_lock($1)', [stampLock])
    await stamper.query('begin isolation level repeatable read')
    while ((await stamp(stamper)) === stampBatch);
    const { rows } = await stamper.query<{ id: string }>('select pg_export_snapshot() as id')
    await reader.query('begin isolation level repeatable read, read only')
    await reader.query(`set transaction snapshot ${pg.escapeLiteral(rows[0]?.id ?? '')}`)
    const cursor = await lastEvent(stamper, environment)
    await stamper.query('commit')
    return cursor
  } catch (error) {
    await stamper.query('rollback').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    // A connection that still holds the lock must not go back to the pool.
    await stamper.query('select pg_advisory_unlock($1)', [stampLock]).catch((failure: Error) => (broken = failure))
    stamper.release(broken)
  }
}

async function stamp(stamper: pg.PoolClient): Promise<number> {
  const { rows } = await stamper.query<{ moved: number }>('select stamp_events(true) as moved')
  return rows[0]?.moved ?? 0
}

async function lastEvent(client: pg.PoolClient, environment: EnvironmentId): Promise<EventId | null> {
  const { rows } = await client.query<{ id: EventId }>(
    `select e.id from event_log l join events e on e.seq = l.seq where l.environment_id = $1
     order by l.position desc limit 1`,
    [environment],
  )
  return rows[0]?.id ?? null
}

/** Queries written with kysely, in the same transaction. */
function over(client: pg.Client): Kysely<Schema> {
  // All that kysely does with a connection: no cursors, no cancelling. It is lent again and again, and never closed.
  const connection = {
    query: (text: string, values: readonly unknown[]) => client.query(text, [...values]),
    release: () => undefined,
  } as unknown as PostgresPoolClient
  const pool = { connect: async () => connection, end: async () => undefined, options: {} }
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
}
