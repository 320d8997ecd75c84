import { expect, test } from 'vitest'
import { createEmptyDatabase } from '../support/database.ts'

test('a connection that is cut in a transaction fails the transaction and nothing else', async () => {
  const db = await createEmptyDatabase()
  const cut = db.kysely.transaction().execute(async (tx) => {
    const { pid } = await tx
      .selectNoFrom((eb) => eb.fn<number>('pg_backend_pid', []).as('pid'))
      .executeTakeFirstOrThrow()
    await db.pool.query('select pg_terminate_backend($1, 5000)', [pid])
    await tx.selectNoFrom((eb) => eb.lit(1).as('one')).execute()
  })
  await expect(cut).rejects.toThrow(/terminat|not queryable/i)
  expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})
