import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect, test } from 'vitest'
import { migrate } from '#db/migrate.ts'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'

async function indexesOfNames({ pool }: TestDatabase): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select indexname as name from pg_indexes where indexdef like '%gin_trgm_ops%' order by 1`,
  )
  return rows.map(({ name }) => name)
}

test('names have their indexes where the extension can be created', async () => {
  const db = await createEmptyDatabase()
  await migrate(db.pool)
  expect(await indexesOfNames(db)).toEqual([
    'connections_name_parts',
    'directories_name_parts',
    'organization_domains_parts',
    'organizations_name_parts',
  ])
})

test('a role that may create no extension migrates all the same, without them', async () => {
  const db = await createEmptyDatabase()
  const role = `plain_${randomBytes(6).toString('hex')}`
  await db.pool.query(`create role ${role} login password 'plain'; grant create on schema public to ${role}`)
  try {
    const url = new URL(db.url)
    Object.assign(url, { username: role, password: 'plain' })
    const pool = new pg.Pool({ connectionString: url.href, max: 1 })
    try {
      expect(await migrate(pool)).toContain('0042-search-in-names.sql')
    } finally {
      await pool.end()
    }
    expect(await indexesOfNames(db)).toEqual([])
  } finally {
    await db.pool.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

test('an extension that is out of sight is none', async () => {
  const db = await createEmptyDatabase()
  await db.pool.query('create schema elsewhere; create extension pg_trgm schema elsewhere')
  expect(await migrate(db.pool)).toContain('0042-search-in-names.sql')
  expect(await indexesOfNames(db)).toEqual([])
})
