import type pg from 'pg'
import { expect, test } from 'vitest'
import { inTransaction } from './transaction.ts'

/** A pool of one connection, which fails at some statements. @returns it, with what was done to the connection. */
function poolOf(failing: readonly string[]) {
  const done: unknown[] = []
  const client = {
    async query(text: string) {
      done.push(text)
      if (failing.includes(text)) throw new Error(`no ${text}`)
    },
    release: (broken?: Error) => void done.push(broken?.message ?? 'given back'),
  }
  return { pool: { connect: async () => client } as unknown as pg.Pool, done } // the part that is used
}

test.each([
  ['all goes well', [], ['begin', 'act', 'commit', 'given back']],
  ['a statement fails', ['act'], ['begin', 'act', 'rollback', 'given back']],
  ['the commit fails', ['commit'], ['begin', 'act', 'commit', 'rollback', 'given back']],
  ['nothing can be undone', ['act', 'rollback'], ['begin', 'act', 'rollback', 'no rollback']],
])('when %s', async (_claim, failing, expected) => {
  const { pool, done } = poolOf(failing)
  const outcome = inTransaction(pool, async (client) => client.query('act')).then(
    () => 'done',
    (error: Error) => error.message,
  )
  expect(await outcome).toBe(failing.length === 0 ? 'done' : `no ${failing[0]}`)
  expect(done).toEqual(expected)
})
