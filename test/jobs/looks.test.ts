import { expect, test } from 'vitest'
import type { Database } from '#db/database.ts'
import { countAll } from '#domain/insights/follow.ts'
import { provisionDirectories } from '#domain/provisioning/follow.ts'
import { fanOut } from '#domain/webhooks/fan-out.ts'
import { useTestServer } from '../support/server.ts'
import { writeEvents } from '../support/write-events.ts'
import { newWorker as newStreamWorker } from '../streams/streams.ts'
import { newWorker, subscribe } from '../webhooks/worker.ts'

const server = useTestServer()
const never = AbortSignal.abort()
const rows = 20_000

interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
  /** What its transaction was told first. */
  readonly setting?: string | undefined
}

interface Plan {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Join Filter'?: number
  readonly Plans?: readonly Plan[]
}

/** How many rows were read of the tables that grow. */
function readRows(plan: Plan): number {
  const own = ['event_log', 'webhook_deliveries'].includes(plan['Relation Name'] ?? '')
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0
  return (plan.Plans ?? []).reduce((sum, child) => sum + readRows(child), own)
}

/** Writes down the named statements and lets them find nothing. */
function listening(statements: Statement[]): Database {
  const nothing = { rows: [] }
  const connect = async () => {
    let setting: string | undefined
    return {
      async query(query: Statement | string) {
        if (typeof query !== 'string') statements.push({ ...query, setting })
        else setting ??= /set local .*/.exec(query)?.[0]
        return nothing
      },
      release: () => undefined,
    }
  }
  const pool = new Proxy(server.db.pool, {
    get(target, name) {
      if (name === 'connect') return connect
      if (name !== 'query') return Reflect.get(target, name) as unknown
      return async (query: Statement) => {
        statements.push(query)
        return nothing
      }
    },
  })
  return { ...server.db, pool }
}

test('looking for news costs the same however long the log is and whatever waits, with statistics and without', async () => {
  const environment = await server.environment()
  const endpoint = await subscribe(environment, 'http://127.0.0.1:9/')
  await writeEvents(server, environment, 1)
  const { pool } = server.db
  // Everybody is at the end of a long log; all that was delivered waits.
  await pool.query(
    `insert into event_log (environment_id, position, seq, type, organization_id, created_at)
     select $1, n, -n, 'user.created', null, now() from generate_series(1, ${rows}) n`,
    [environment.id],
  )
  await pool.query(
    `insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, event_seq, event_type, position, state,
       next_attempt_at, created_at)
     select $1, 'wdel_' || n, $2, 'event_' || n, -n, 'user.created', n, 'pending', now(), now() from generate_series(1, ${rows}) n`,
    [environment.id, endpoint.id],
  )
  await pool.query(
    `insert into followers (environment_id, name, position)
     select $1, name, ${rows} from unnest(array['webhooks', 'insights', 'provisioning']) name
     on conflict (environment_id, name) do update set position = excluded.position`,
    [environment.id],
  )
  const statements: Statement[] = []
  const db = listening(statements)
  const deps = { ...server.deps, db }
  await fanOut(db, new Date(), never)
  await countAll(deps, never)
  await provisionDirectories(deps, never)
  await newStreamWorker(server, { db }).startDue()
  await newWorker(server, { db }).startDue()
  expect(statements.map(({ name }) => name)).toEqual([
    'webhook-environments',
    'insight-environments',
    'provisioning-environments',
    'log-stream-claim',
    'webhook-claim',
    'webhook-ordered',
  ])
  for (const analyzed of [false, true]) {
    if (analyzed) await pool.query('analyze')
    for (const { name, text, values, setting } of statements) {
      const client = await pool.connect()
      await client.query(`begin; ${setting ?? ''}`)
      const { rows: plans } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, format json) ${text}`,
        values,
      )
      await client.query('rollback')
      client.release()
      const [top] = plans[0]?.['QUERY PLAN'] ?? []
      expect(top && readRows(top.Plan), `${name}, analyzed: ${analyzed}`).toBeLessThan(200)
    }
  }
})
