import { expect, test } from 'vitest'
import { analyzeGrown } from '../../src/jobs/analyze.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

test('tables are analyzed when most of their rows are new, and then no more', async () => {
  const { pool } = server.db
  const grow = async (rows: number) => {
    await pool.query('insert into "Grown" select generate_series(1, $1::int)', [rows])
    // Counted when a transaction ends, at most once a second unless asked.
    await pool.query('select pg_stat_force_next_flush()')
  }
  const estimate = async () =>
    (await pool.query(`select reltuples from pg_class where relname = 'Grown'`)).rows[0]?.reltuples as number
  await pool.query('create table "Grown" (n int) with (autovacuum_enabled = false)')

  await grow(100)
  expect(await analyzeGrown(server.db)).not.toContain('"Grown"')
  await grow(100)
  expect(await analyzeGrown(server.db)).toContain('"Grown"')
  expect(await estimate()).toBe(200)

  await grow(150)
  expect(await analyzeGrown(server.db)).not.toContain('"Grown"')
  await grow(200)
  expect(await analyzeGrown(server.db)).toContain('"Grown"')
  expect(await estimate()).toBe(550)
  await pool.query('drop table "Grown"')
})
