import { encodeTime } from 'ulid'
import { expect, test } from 'vitest'
import { migrate, readMigrations } from '#db/migrate.ts'
import { createEmptyDatabase } from '../support/database.ts'

test('passkeys of before get ids of their own, which sort by when they were made', async () => {
  const { pool } = await createEmptyDatabase()
  const made = new Date('2026-01-02T03:04:05.678Z')
  const all = await readMigrations()
  const at = all.findIndex(({ name }) => name.endsWith('-passkey-ids.sql'))
  await migrate(pool, all.slice(0, at))
  await pool.query(`
    insert into environments (id, name, kind, client_id, created_at, updated_at)
      values ('environment_1', 'One', 'staging', 'client_1', now(), now());
    insert into users (environment_id, id, email, email_verified, created_at, updated_at)
      values ('environment_1', 'user_1', 'ann@example.com', true, now(), now());
    insert into passkeys (environment_id, credential_id, user_id, public_key, sign_count, transports, created_at)
      select 'environment_1', 'credential_' || n, 'user_1', '', 0, '{}', timestamptz '${made.toISOString()}' + interval '1 s' * (n % 7)
      from generate_series(1, 50) as n`)
  await migrate(pool, all.slice(0, at + 1))
  const { rows } = await pool.query<{ id: string; created_at: Date }>(
    'select id, created_at from passkeys order by id collate "C"',
  )
  expect(new Set(rows.map(({ id }) => id)).size).toBe(50)
  for (const { id } of rows) expect(id).toMatch(/^passkey_[0-9A-HJKMNP-TV-Z]{26}$/)
  const times = rows.map(({ created_at }) => created_at.getTime())
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(rows[0]?.id.slice(0, -16)).toBe(`passkey_${encodeTime(made.getTime())}`)
})
