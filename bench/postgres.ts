import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import { databaseUrl, runSql } from '../test/support/run-sql.ts'
import { familyProcessorMs } from './processor-time.ts'

/** A PostgreSQL that keeps what it acknowledges, and databases on it that are thrown away. */
export interface BenchPostgres {
  readonly version: string
  /** A migrated database of its own. */
  database(name: string): Promise<string>
  /** Processor time of all its processes; NaN for a server that is not ours. */
  processorMs(): number
}

/** BENCH_DATABASE_URL, a server where databases may be made; or the embedded one in a temporary folder. */
export async function startPostgres(undo: AsyncDisposableStack): Promise<BenchPostgres> {
  const given = process.env['BENCH_DATABASE_URL']
  const server = given === undefined ? await startOwn(undo) : { url: given, pid: undefined }
  return {
    version: await readVersion(server.url),
    async database(name) {
      const database = `gatehouse_bench_${name.replaceAll('-', '_')}_${process.pid}`
      await runSql(server.url, `create database ${database}`)
      undo.defer(() => runSql(server.url, `drop database ${database} with (force)`))
      const url = databaseUrl(server.url, database)
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      try {
        await migrate(pool)
      } finally {
        await pool.end()
      }
      return url
    },
    processorMs: () => (server.pid === undefined ? Number.NaN : familyProcessorMs(server.pid)),
  }
}

async function startOwn(undo: AsyncDisposableStack): Promise<{ url: string; pid: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  undo.defer(() => rm(folder, { recursive: true, force: true }))
  const server = await startEmbedded({ folder })
  undo.defer(() => server.stop())
  return server
}

async function readVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  } finally {
    await client.end()
  }
}
