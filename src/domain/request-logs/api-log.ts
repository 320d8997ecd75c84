import type { ApiRequest } from '#contracts/request-logs.ts'
import type { ApiKeyId, ApiRequestId, EnvironmentId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'

export interface ApiExchange {
  readonly environment: EnvironmentId
  readonly apiKeyId: ApiKeyId
  readonly requestId: string
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly status: number
  readonly errorCode: string | null
  readonly durationMs: number
  readonly client: string | null
  readonly at: Date
}

/** Kept between two writes. Past it calls go unlogged, failures last: the log must never be what makes a server slow. */
const mostWaiting = 500
const roomForFailures = 200
const longestPath = 300

/** Collects calls, so that logging them costs one statement a second, not one a call. */
export class ApiLog {
  #waiting: ApiExchange[] = []

  note(exchange: ApiExchange): void {
    const room = exchange.status < 400 ? mostWaiting - roomForFailures : mostWaiting
    if (this.#waiting.length < room) this.#waiting.push(exchange)
  }

  async flush(db: Database): Promise<void> {
    const exchanges = this.#waiting
    this.#waiting = []
    if (exchanges.length > 0) await writeExchanges(db, exchanges)
  }
}

async function writeExchanges(db: Database, exchanges: readonly ApiExchange[]): Promise<void> {
  const rows = exchanges.map((exchange) => ({
    environment_id: exchange.environment,
    id: newId('apiRequest', exchange.at),
    request_id: exchange.requestId,
    api_key_id: exchange.apiKeyId,
    method: exchange.method,
    path: exchange.path.slice(0, longestPath).toWellFormed(),
    status: exchange.status,
    error_code: exchange.errorCode,
    duration_ms: Math.round(exchange.durationMs),
    client: exchange.client,
    created_at: exchange.at.toISOString(),
  }))
  await db.pool.query({
    name: 'write-api-requests',
    text: `insert into api_requests (environment_id, id, request_id, api_key_id, method, path, status, error_code,
        duration_ms, client, created_at)
      select r.environment_id, r.id, r.request_id, r.api_key_id, r.method, r.path, r.status, r.error_code, r.duration_ms,
        r.client, r.created_at
      from json_to_recordset($1) as r (environment_id text, id text, request_id text, api_key_id text, method text,
        path text, status integer, error_code text, duration_ms integer, client text, created_at timestamptz)
      join environments e on e.id = r.environment_id`,
    values: [JSON.stringify(rows)],
  })
}

export interface ApiRequestQuery extends PageQuery {
  readonly failed?: boolean
  readonly request_id?: string
}

export async function listApiRequests(
  db: Database,
  environment: EnvironmentId,
  query: ApiRequestQuery,
): Promise<Page<ApiRequest>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('api_requests')
      .selectAll()
      .where('environment_id', '=', environment)
      .$if(query.failed === true, (list) => list.where('status', '>=', 400))
      .$if(query.request_id !== undefined, (list) => list.where('request_id', '=', query.request_id ?? ''))
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as ApiRequestId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as ApiRequestId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  const data = rows.map(({ environment_id: _environment, created_at, ...row }): ApiRequest => ({
    object: 'api_request',
    ...row,
    created_at: created_at.toISOString(),
  }))
  return { object: 'list', data, list_metadata }
}
