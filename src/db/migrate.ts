import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'

const folder = new URL('./migrations/', import.meta.url)

/** Any number will do as long as nothing else in the database uses it. */
const migrationLock = 7_240_100

export interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

/** The migrations of this build, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings the database up to this build: forward only, a file a transaction, one process at a time.
 * @returns the names applied now.
 * @throws MigrationRefused when an applied file was edited since, or the database is newer than this build.
 */
export async function migrate(pool: pg.Pool, migrations?: readonly Migration[]): Promise<string[]> {
  const known = migrations ?? (await readMigrations())
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    const applied = await readLedger(client)
    const missing = findMissing(known, applied)
    for (const migration of missing) await apply(client, migration)
    return missing.map((migration) => migration.name)
  } finally {
    // A broken connection has released the lock already; a working one must not go back to the pool holding it.
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined)
    client.release()
  }
}

/** Names of migrations this build has and the database has not; for readiness checks. */
export async function pendingMigrations(pool: pg.Pool, known: readonly Migration[]): Promise<string[]> {
  const { rows } = await pool.query<{ exists: boolean }>(
    `select to_regclass('gatehouse_migrations') is not null as exists`,
  )
  if (!rows[0]?.exists) return known.map((migration) => migration.name)
  const ledger = await pool.query<LedgerRow>('select name, checksum from gatehouse_migrations')
  return findMissing(known, ledger.rows).map((migration) => migration.name)
}

interface LedgerRow {
  readonly name: string
  readonly checksum: string
}

async function readLedger(client: pg.PoolClient): Promise<LedgerRow[]> {
  await client.query(
    'create table if not exists gatehouse_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  )
  return (await client.query<LedgerRow>('select name, checksum from gatehouse_migrations order by name')).rows
}

function findMissing(known: readonly Migration[], applied: readonly LedgerRow[]): Migration[] {
  for (const row of applied) {
    const file = known.find((migration) => migration.name === row.name)
    if (!file)
      throw new MigrationRefused(
        `The database has migration ${row.name}, which this version does not know. Run the newer version.`,
      )
    if (file.checksum !== row.checksum)
      throw new MigrationRefused(
        `Migration ${row.name} was changed after it was applied. Restore the file; add a new one instead.`,
      )
  }
  const names = new Set(applied.map((row) => row.name))
  return known.filter((migration) => !names.has(migration.name))
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    // Long migrations are legal; the pool's default time-out is meant for requests.
    await client.query('set local statement_timeout = 0')
    await client.query(migration.sql)
    await client.query('insert into gatehouse_migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw new MigrationRefused(
      `Migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}
