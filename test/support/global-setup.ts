import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import { generatePrivateKeys } from './first-keys.ts'
import { databaseUrl, runSql } from './run-sql.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server where tests may create databases, with a migrated, empty database to copy. */
    readonly databaseServer: { readonly url: string; readonly template: string }
  }
}

/** One server for the whole run: GATEHOUSE_TEST_DATABASE_URL, or the embedded one. Returns how to clean up. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer(process.env['GATEHOUSE_TEST_DATABASE_URL'])
  // Runs may share a server that is not ours, so names carry the process.
  const template = `gatehouse_template_${process.pid}`
  try {
    await runSql(server.url, `drop database if exists ${template}`, `create database ${template}`)
    const pool = new pg.Pool({ connectionString: databaseUrl(server.url, template), max: 1 })
    try {
      await migrate(pool)
    } finally {
      await pool.end()
    }
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('databaseServer', { url: server.url, template })
  project.provide('privateKeys', await generatePrivateKeys())
  return async () => {
    await runSql(server.url, `drop database if exists ${template} with (force)`)
    await server.stop()
  }
}

async function startServer(given: string | undefined): Promise<{ url: string; stop: () => Promise<void> }> {
  if (given !== undefined) return { url: given, stop: async () => undefined }
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'))
  const server = await startEmbedded({ folder, durable: false })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
