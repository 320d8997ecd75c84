import { describe, expect, test } from 'vitest'
import { type Migration, migrate, MigrationRefused, pendingMigrations, readMigrations } from '#db/migrate.ts'
import { createEmptyDatabase } from '../support/database.ts'

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: `checksum of ${sql}` }
}

const first = migration('0001-first.sql', 'create table a (n integer)')
const second = migration('0002-second.sql', 'create table b (n integer)')

describe('migrations', () => {
  test('are applied in order, once', async () => {
    const { pool } = await createEmptyDatabase()
    expect(await migrate(pool, [first])).toEqual(['0001-first.sql'])
    expect(await pendingMigrations(pool, [first, second])).toEqual(['0002-second.sql'])
    expect(await migrate(pool, [first, second])).toEqual(['0002-second.sql'])
    expect(await migrate(pool, [first, second])).toEqual([])
    expect(await pendingMigrations(pool, [first, second])).toEqual([])
  })

  test('all of them are pending in an empty database', async () => {
    const { pool } = await createEmptyDatabase()
    expect(await pendingMigrations(pool, [first, second])).toEqual(['0001-first.sql', '0002-second.sql'])
  })

  test('of this build are named by number, without gaps', async () => {
    const numbers = (await readMigrations()).map(({ name }) => Number(name.slice(0, 4)))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  test('are refused when an applied one was changed', async () => {
    const { pool } = await createEmptyDatabase()
    await migrate(pool, [first])
    const edited = migration(first.name, 'create table a (n bigint)')
    await expect(migrate(pool, [edited, second])).rejects.toThrow(MigrationRefused)
    await expect(pendingMigrations(pool, [edited, second])).rejects.toThrow(/0001-first\.sql was changed/)
  })

  test('are refused by a program that is older than the database', async () => {
    const { pool } = await createEmptyDatabase()
    await migrate(pool, [first, second])
    await expect(migrate(pool, [first])).rejects.toThrow(/does not know/)
  })

  test('leave nothing of one that fails, and keep those before it', async () => {
    const { pool } = await createEmptyDatabase()
    const broken = migration('0002-broken.sql', 'create table b (n integer); select * from nowhere')
    await expect(migrate(pool, [first, broken])).rejects.toThrow(/0002-broken\.sql failed/)
    const { rows } = await pool.query(`select to_regclass('a') as a, to_regclass('b') as b`)
    expect(rows).toEqual([{ a: 'a', b: null }])
    expect(await migrate(pool, [first, second])).toEqual(['0002-second.sql'])
  })

  test('started by several processes at once are applied by one', async () => {
    const { pool } = await createEmptyDatabase(8)
    const slow = migration('0001-slow.sql', 'create table a (n integer); select pg_sleep(0.1)')
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(pool, [slow, second])))
    expect(applied.flat().toSorted()).toEqual(['0001-slow.sql', '0002-second.sql'])
  })
})
