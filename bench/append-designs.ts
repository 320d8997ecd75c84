import { sql } from 'kysely'
import type { EnvironmentId, EventId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { change, type Work } from '#db/work.ts'
import { readEvents } from '#domain/events/read.ts'

/** A change of an entity that says so. It may take its time to commit, or be undone at the last moment. */
export interface Append {
  readonly number: number
  readonly entity: number
  readonly pauseMs: number
  readonly fails: boolean
}

export interface ReadEvent {
  readonly number: number
  readonly entity: number
  /** How often the entity had been changed. */
  readonly version: number
}

export interface Design {
  /** @throws Rejected when the change was to be undone. */
  append(change: Append): Promise<void>
  /** The next page after what was read before. */
  readNext(): Promise<ReadEvent[]>
}

export class Rejected extends Error {
  override readonly name = 'Rejected'
}

const pageSize = 100

/** Gatehouse's own unit of work and its own reader. */
export async function ourDesign(
  writers: Database,
  reader: Database,
  environment: EnvironmentId,
  wake: () => void,
): Promise<Design> {
  await addLateTrouble(writers, 'events')
  const deps = { db: writers, clock: () => new Date(), wake }
  let cursor: string | undefined
  return {
    append: (append) =>
      undoneIsRejected(
        change(deps, { environment }, async (work) => {
          const version = await touch(work.tx, append.entity)
          work.emit('organization.updated', payload(append, version), null)
        }),
      ),
    async readNext() {
      const text = await readEvents(reader, environment, {
        events: ['organization.updated'],
        limit: pageSize,
        ...(cursor !== undefined && { after: cursor }),
      })
      const { data } = JSON.parse(text) as { data: { id: string; data: Payload }[] } // payload() wrote it
      cursor = data.at(-1)?.id ?? cursor
      return data.map((event) => eventOf(event.data))
    },
  }
}

/** The same transaction, but the order of a sequence is taken for the order of events. */
export async function naiveDesign(writers: Database, reader: Database, environment: EnvironmentId): Promise<Design> {
  await writers.pool.query(`
    create table naive_events (position bigint generated always as identity primary key, environment_id text not null,
      id text not null unique, type text not null, organization_id text, body text not null, created_at timestamptz not null);
    create index on naive_events (environment_id, type, position)`)
  await addLateTrouble(writers, 'naive_events')
  let cursor = 0
  return {
    append: (append) =>
      undoneIsRejected(
        writers.kysely.transaction().execute(async (tx) => {
          const version = await touch(tx, append.entity)
          const now = new Date()
          const id: EventId = newId('event', now)
          const event = { object: 'event', id, event: 'organization.updated', data: payload(append, version) }
          await sql`insert into naive_events (environment_id, id, type, body, created_at)
            values (${environment}, ${id}, 'organization.updated', ${JSON.stringify(event)}, ${now})`.execute(tx)
        }),
      ),
    async readNext() {
      const { rows } = await reader.pool.query<{ position: number; body: string }>({
        name: 'naive-page',
        text: `select position, body from naive_events
          where environment_id = $1 and type = 'organization.updated' and position > $2 order by position limit $3`,
        values: [environment, cursor, pageSize],
      })
      cursor = rows.at(-1)?.position ?? cursor
      return rows.map(({ body }) => eventOf((JSON.parse(body) as { data: Payload }).data)) // likewise
    },
  }
}

/** Makes commits wait or fail when their event says so: after everything is written, where it hurts. */
async function addLateTrouble(db: Database, table: string): Promise<void> {
  await db.pool.query(`
    create or replace function bench_trouble() returns trigger language plpgsql as $$
    begin
      perform pg_sleep((new.body::jsonb #>> '{data,metadata,pauseMs}')::float / 1000);
      if (new.body::jsonb #>> '{data,metadata,fails}') = 'true' then
        raise exception 'undone' using errcode = 'GH001';
      end if;
      return null;
    end $$;
    create constraint trigger trouble after insert on ${table} deferrable initially deferred for each row
      when (new.body not like '%"pauseMs":"0","fails":"false"%') execute function bench_trouble()`)
}

async function undoneIsRejected(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'GH001') throw new Rejected()
    throw error
  }
}

async function touch(tx: Work['tx'], entity: number): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    update bench_entities set version = version + 1 where id = ${entity} returning version`.execute(tx)
  return rows[0]?.version ?? Number.NaN
}

type Payload = ReturnType<typeof payload>

function payload({ number, entity, pauseMs, fails }: Append, version: number) {
  return {
    object: 'organization' as const,
    id: 'org_01KDVDNA67HCWC1Y1TB1YQ5AXT' as const,
    name: 'Bench',
    domains: [],
    external_id: null,
    metadata: {
      number: String(number),
      entity: String(entity),
      version: String(version),
      pauseMs: String(pauseMs),
      fails: String(fails),
    },
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  }
}

function eventOf({ metadata }: Payload): ReadEvent {
  return { number: Number(metadata.number), entity: Number(metadata.entity), version: Number(metadata.version) }
}
