import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { Pipeline } from './pipeline.ts'
import type { Schema } from './schema.gen.ts'

/** Reads go through `kysely`; hot paths send named statements through `pool`, and look-ups through `lookUps`. */
export interface Database {
  readonly kysely: Kysely<Schema>
  readonly pool: pg.Pool
  /** For reading a few rows by an index. A connection besides those of the pool. */
  readonly lookUps: Pipeline
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize: number
  /** Called for errors of idle connections, such as the server going away; the pool recovers by itself. */
  readonly onError: (error: Error) => void
}

const types = new pg.TypeOverrides()
// Our bigints are positions and counts: far below 2^53.
types.setTypeParser(pg.types.builtins.INT8, Number)

// jit costs 24 ms on a fresh small table; the time-outs bound how late a transaction's events can enter the log,
// which range queries rely on (see domain/events/read.ts).
// A kept plan from when a table was one page big would read all of it for each row once it is large: until statistics
// change, an initial sync took minutes a request. Everything asked here has an index, so scans are never wanted.
const sessionOptions = '-c jit=off -c enable_seqscan=off -c idle_in_transaction_session_timeout=60000 -c timezone=UTC'

/** What takes named statements. */
type Queryable = pg.Pool | pg.ClientBase | Pipeline

/** Opens a pool. Connects lazily: a database that is away shows at the first query. */
export function openDatabase({ url, poolSize, onError }: DatabaseOptions): Database {
  const config = { connectionString: url, types, application_name: 'gatehouse', connectionTimeoutMillis: 10_000 }
  const pool = new pg.Pool({ ...config, max: poolSize, options: `${sessionOptions} -c statement_timeout=60000` })
  // What is behind a look-up waits for it.
  const options = `${sessionOptions} -c statement_timeout=10000 -c default_transaction_read_only=on`
  const lookUps = new Pipeline({ ...config, options }, 15_000)
  pool.on('error', onError)
  // The pool listens to its idle connections only. One that is cut while it is lent out fails whatever is done with it;
  // the event would end the process besides.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    kysely: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    pool,
    lookUps,
    close: async () => void (await Promise.all([pool.end(), lookUps.close()])),
  }
}

/** A named statement is parsed and planned once a connection. Names are unique across the program. */
export function prepared<Values extends readonly unknown[], Row extends pg.QueryResultRow>(name: string, text: string) {
  return async (on: Queryable, ...values: Values): Promise<Row[]> => {
    const statement = { name, text, values: [...values] }
    return (on instanceof Pipeline ? await on.query<Row>(statement) : await on.query<Row>(statement)).rows
  }
}
