import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { EnvironmentId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { change, type Work } from '#db/work.ts'
import { readEvents } from '#domain/events/read.ts'
import { stampEvents, stampEventsIfFree } from '#domain/events/stamp.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { presentInEvent } from '#domain/organizations/present.ts'
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
  test('wake the followers of the log once, after the commit', async () => {
    const id = await environment()
    const seen: Promise<Entry[]>[] = []
    const deps = { db, clock: () => new Date(), wake: () => void seen.push(pollAll(id)) }
    await change(deps, { environment: id }, async (work) => {
      await createOrganization(work, { name: 'Acme' })
      await createOrganization(work, { name: 'Umbrella' })
    })
    expect((await Promise.all(seen)).map((events) => events.map(({ data }) => data.name))).toEqual([
      ['Acme', 'Umbrella'],
    ])
  })

  test('wake nobody when nothing was announced, or nothing was committed', async () => {
    const deps = { db, clock: () => new Date(), wake: vi.fn<() => void>() }
    const scope = { environment: await environment() }
    await change(deps, scope, async () => undefined)
    const failing = change(deps, scope, async (work) => {
      await createOrganization(work, { name: 'Acme' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(deps.wake).not.toHaveBeenCalled()
  })

  test('are written in the order of announcement, as the text that readers get', async () => {
    const id = await environment()
    const names = Array.from({ length: 30 }, (_, n) => `o${n}`)
    const now = new Date('2026-03-01T12:00:00.000Z')
    const organizations = await change({ db, clock: () => now, wake: () => undefined }, { environment: id }, (work) =>
      Array.fromAsync(names, (name) => createOrganization(work, { name })),
    )
    const events = await pollAll(id)
    expect(events).toEqual(
      organizations.map((organization) => ({
        object: 'event',
        id: expect.stringMatching(/^event_/),
        event: 'organization.created',
        data: presentInEvent(organization),
        created_at: '2026-03-01T12:00:00.000Z',
      })),
    )
  })

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

/**
 * Makes commits late or fail after the event has its sequence number: a deferred trigger runs within COMMIT. Every 20th
 * transaction is rolled back there, every 5th sleeps up to 30 ms.
 */
const disturbCommits = `
  create function disturb() returns trigger language plpgsql as $$
  begin
    if new.seq % 20 = 0 then raise exception 'rolled back'; end if;
    if new.seq % 5 = 1 then perform pg_sleep(new.seq % 31 / 1000.0); end if;
    return null;
  end $$;
  create constraint trigger disturb after insert on events deferrable initially deferred
    for each row execute function disturb()`

/** Reads on until told to stop and there is nothing left, as a customer does: with the id of the last event. */
async function follow(id: EnvironmentId, isOver: () => boolean): Promise<Entry[]> {
  const found: Entry[] = []
  for (;;) {
    const over = isOver()
    const next = await page(id, found.at(-1)?.id)
    found.push(...next)
    if (next.length === 0 && over) return found
    if (next.length === 0) await pause(1)
  }
}

describe('the order of the log', () => {
  test('skips, doubles and inverts nothing for pollers, among writers that pause and roll back in their commits', async () => {
    const id = await environment()
    const organization = presentInEvent(await run(id, (work) => createOrganization(work, { name: 'Acme' })))
    const entities = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    await db.pool.query('create table versions (entity text primary key, n integer not null)')
    await db.pool.query('insert into versions select entity, 0 from unnest($1::text[]) as entity', [entities])
    await db.pool.query(disturbCommits)

    const committed: string[] = []
    let rolledBack = 0
    const write = async (entity: string) => {
      const version = await run(id, async (work) => {
        const { rows } = await sql<{
          n: number
        }>`update versions set n = n + 1 where entity = ${entity} returning n`.execute(work.tx)
        work.emit('organization.updated', { ...organization, name: `${entity} ${rows[0]?.n}` }, organization.id)
        return rows[0]?.n
      })
      committed.push(`${entity} ${version}`)
    }
    let writing = true
    const isOver = () => !writing
    const pollers = [follow(id, isOver), follow(id, isOver)]
    const background = (async () => {
      while (writing) await stampEventsIfFree(db).then(() => pause(2))
    })()
    await Promise.all(
      Array.from({ length: 12 }, async (_, writer) => {
        for (let n = 0; n < 170; n++)
          await write(entities[(writer * 5 + n) % entities.length] ?? '').catch((error: Error) => {
            expect(error.message).toBe('rolled back')
            rolledBack++
          })
      }),
    )
    writing = false
    await background
    const [polled = [], polledToo] = await Promise.all(pollers)
    await db.pool.query('drop trigger disturb on events')

    expect(rolledBack).toBeGreaterThan(50)
    const names = polled.slice(1).map(({ data }) => data.name)
    expect(names.toSorted()).toEqual(committed.toSorted())
    // Versions are counted under the entity's row lock: any other order would show a reader an old state as the last.
    for (const entity of entities) {
      const versions = names.filter((name) => name.startsWith(entity)).map((name) => Number(name.slice(2)))
      expect(versions).toEqual(versions.map((_, index) => index + 1))
    }
    expect(polledToo).toEqual(polled)
    expect(await pollAll(id)).toEqual(polled)
  }, 60_000)

  test('gives each event one position, however many stamp at once', async () => {
    const id = await environment()
    const count = 3500 // several batches
    await db.pool.query(
      `select append_events($1, array_agg('event_' || $1 || n order by n), array_agg('organization.created'::text order by n),
         array_agg(null::text order by n), array_agg(n::text order by n), now()) from generate_series(1, $2::integer) as n`,
      [id, count],
    )
    await Promise.all(Array.from({ length: 8 }, () => stampEvents(db)))
    const { rows } = await db.pool.query<{ body: string; position: number }>(
      `select e.body, l.position from event_log l join events e using (seq) where l.environment_id = $1 order by l.position`,
      [id],
    )
    expect(rows.map(({ body }) => Number(body))).toEqual(Array.from({ length: count }, (_, n) => n + 1))
    const start = rows[0]?.position ?? 0
    expect(rows.map(({ position }) => position - start)).toEqual(Array.from({ length: count }, (_, n) => n))
    expect((await db.pool.query('select from event_pending')).rows).toEqual([])
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
