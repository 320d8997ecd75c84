import { randomBytes } from 'node:crypto'
import { inject, onTestFinished } from 'vitest'
import { type Database, openDatabase } from '#db/database.ts'
import { databaseUrl, runSql } from './run-sql.ts'

export interface TestDatabase extends Database {
  readonly url: string
  /** Closes the pool and drops the database. */
  drop(): Promise<void>
}

/**
 * A migrated database of its own, copied from the template in some 50 ms. One per test file is enough: tests get an
 * environment each instead. Call in `beforeAll` and `drop()` in `afterAll`.
 */
export async function createTestDatabase(poolSize = 10): Promise<TestDatabase> {
  const { url: server, template } = inject('databaseServer')
  return createDatabase(server, template, poolSize)
}

/** A database with nothing in it, dropped after the test that asked for it. */
export async function createEmptyDatabase(poolSize = 4): Promise<TestDatabase> {
  const database = await createDatabase(inject('databaseServer').url, 'template0', poolSize)
  onTestFinished(() => database.drop())
  return database
}

async function createDatabase(server: string, template: string, poolSize: number): Promise<TestDatabase> {
  const name = `gatehouse_test_${randomBytes(8).toString('hex')}`
  await runSql(server, `create database ${name} template ${template}`)
  const url = databaseUrl(server, name)
  const database = openDatabase({ url, poolSize, onError: ignoreGoneServer })
  return {
    ...database,
    url,
    async drop() {
      await database.close()
      await runSql(server, `drop database ${name} with (force)`)
    },
  }
}

/** Idle connections die when a test drops its database by force; queries in flight report their own errors. */
function ignoreGoneServer(): void {
  // Nothing to do: the pool opens another when needed.
}
