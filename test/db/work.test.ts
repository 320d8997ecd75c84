import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EnvironmentId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { change, type Work } from '#db/work.ts'
import { readEvents } from '#domain/events/read.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { updateOrganization } from '#domain/organizations/update.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase(20)
})
afterAll(() => db.drop())

async function environment(): Promise<EnvironmentId> {
  const id = newId('environment', new Date())
  await db.pool.query(
    `insert into environments (id, name, kind, client_id, created_at, updated_at) values ($1, 'Test', 'staging', $1, now(), now())`,
    [id],
  )
  return id
}

const run = <T>(id: EnvironmentId, verb: (work: Work) => Promise<T>) =>
  change({ db, clock: () => new Date(), wake: () => undefined }, { environment: id }, verb)

interface Entry {
  readonly id: string
  readonly data: { readonly id: string; readonly name: string }
}

async function page(id: EnvironmentId, after?: string): Promise<Entry[]> {
  const events = ['organization.created', 'organization.updated']
  const text = await readEvents(db, id, { events, limit: 100, ...(after !== undefined && { after }) })
  return (JSON.parse(text) as { data: Entry[] }).data
}

async function pollAll(id: EnvironmentId, after?: string): Promise<Entry[]> {
  const found: Entry[] = []
  for (let next = await page(id, after); next.length > 0; next = await page(id, found.at(-1)?.id)) found.push(...next)
  return found
}

describe('a change and its events', () => {
  test('are there together', async () => {
    const id = await environment()
    const { id: organization } = await run(id, (work) => createOrganization(work, { name: 'Acme' }))
    expect((await pollAll(id)).map(({ data }) => data.id)).toEqual([organization])
  })

  test('are both undone when the verb throws after announcing', async () => {
    const id = await environment()
    const failing = run(id, async (work) => {
      await createOrganization(work, { name: 'Acme' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await pollAll(id)).toEqual([])
    const { rows } = await db.pool.query('select from organizations where environment_id = $1', [id])
    expect(rows).toEqual([])
  })

  test('are both undone when the events cannot be written', async () => {
    const id = await environment()
    const failing = run(id, async (work) => {
      await createOrganization(work, { name: 'Acme' })
      await sql`set transaction read only`.execute(work.tx)
    })
    await expect(failing).rejects.toThrow('read-only')
    expect(await pollAll(id)).toEqual([])
    const { rows } = await db.pool.query('select from organizations where environment_id = $1', [id])
    expect(rows).toEqual([])
  })
})

describe('the order of the log', () => {
  test('skips, doubles and inverts nothing for a poller, among writers that pause and roll back', async () => {
    const id = await environment()
    const organizations = await Promise.all(
      Array.from({ length: 8 }, (_, i) => run(id, (work) => createOrganization(work, { name: `o${i} 0` }))),
    )
    const writers = 16
    const writes = 40
    let committed = organizations.length
    let writing = true

    const polled: Entry[] = []
    const poller = (async () => {
      while (writing) {
        const next = await page(id, polled.at(-1)?.id)
        polled.push(...next)
        if (next.length === 0) await pause(1)
      }
      polled.push(...(await pollAll(id, polled.at(-1)?.id)))
    })()

    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let n = 1; n <= writes; n++) {
          const target = organizations[(writer + n) % organizations.length]
          if (!target) continue
          const fails = (writer * writes + n) % 20 === 0
          const change = run(id, async (work) => {
            await updateOrganization(work, target.id, { metadata: { counter: `${writer} ${n}` } })
            // Events take their sequence number before they are committed; pauses here make late ones.
            if (n % 10 === 0) await pause((writer * 7) % 30)
            if (fails) throw new Error('rolled back')
          })
          await change.then(
            () => committed++,
            (error: Error) => expect(error.message).toBe('rolled back'),
          )
        }
      }),
    )
    writing = false
    await poller

    expect(polled).toHaveLength(committed)
    expect(new Set(polled.map((entry) => entry.id)).size).toBe(committed)
    expect(polled).toEqual(await pollAll(id))
    // The last event of each entity is its state: events of one entity come in the order of its changes.
    const last = new Map(polled.map(({ data }) => [data.id, data]))
    for (const { id: organization } of organizations) {
      const { rows } = await db.pool.query<{ metadata: unknown }>(
        'select metadata from organizations where environment_id = $1 and id = $2',
        [id, organization],
      )
      expect(last.get(organization)).toMatchObject({ metadata: rows[0]?.metadata })
    }
  })

  test('is not held up by a long transaction of somebody else', async () => {
    const [busy, quick] = [await environment(), await environment()]
    const release = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const long = run(busy, async (work) => {
      await createOrganization(work, { name: 'slow' })
      entered.resolve()
      await release.promise
    })
    await entered.promise
    await run(quick, (work) => createOrganization(work, { name: 'quick' }))
    expect(await pollAll(quick)).toHaveLength(1)
    release.resolve()
    await long
    expect(await pollAll(busy)).toHaveLength(1)
  })
})
