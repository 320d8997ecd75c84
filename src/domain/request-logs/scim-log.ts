import type { EventId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { quote, type ScimError } from '#protocols/scim/errors.ts'
import { shownBody, shownPath } from './redact.ts'

/** A request as it went; what is long or secret in it is not kept. */
export interface ScimExchange {
  /** The opaque part of the endpoint: whoever has a wrong token is known by it alone. */
  readonly externalKey: string
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly userAgent: string | null
  readonly rejectedToken: string | null
  readonly requestBody: unknown
  readonly responseBody: unknown
  readonly eventIds: readonly EventId[]
  /** Members whom a group was given by names that are nobody's yet. */
  readonly awaited: readonly string[]
  readonly at: Date
}

/** Kept between two writes. Past it requests go unlogged: the log must never be what makes a server slow. */
const mostWaiting = 500
/** Some hundred KB a statement: more would hold up requests while it is put together and read. */
const writtenAtOnce = 50
/** Anybody can knock with a wrong token; they must not push the customer's own requests out of the log. */
const mostRejectedOfKey = 10

/** Collects requests, so that logging them costs one statement a second, not one a request. */
export class ScimLog {
  #waiting: Row[] = []
  readonly #rejected = new Map<string, number>()

  note(exchange: ScimExchange): void {
    if (this.#waiting.length >= mostWaiting) return
    if (exchange.status === 401) {
      const rejected = (this.#rejected.get(exchange.externalKey) ?? 0) + 1
      this.#rejected.set(exchange.externalKey, rejected)
      if (rejected > mostRejectedOfKey) return
    }
    this.#waiting.push(rowOf(exchange))
  }

  async flush(db: Database): Promise<void> {
    const rows = this.#waiting
    this.#waiting = []
    this.#rejected.clear()
    for (let n = 0; n < rows.length; n += writtenAtOnce) await writeRows(db, rows.slice(n, n + writtenAtOnce))
  }
}

type Row = ReturnType<typeof rowOf>

function rowOf(exchange: ScimExchange) {
  const refusal = exchange.status >= 400 ? (exchange.responseBody as Partial<ScimError> | null) : null // written by us
  return {
    id: newId('scimRequest', exchange.at),
    external_key: exchange.externalKey,
    request_id: exchange.requestId,
    method: exchange.method,
    path: shownPath(exchange.path),
    status: exchange.status,
    reason: exchange.status >= 400 ? (refusal?.detail ?? null) : remarkOn(exchange.awaited),
    scim_type: refusal?.scimType ?? null,
    duration_ms: Math.round(exchange.durationMs),
    user_agent: exchange.userAgent?.slice(0, 300) ?? null,
    rejected_token: exchange.rejectedToken,
    request_body: shownBody(exchange.requestBody),
    response_body: shownBody(exchange.responseBody),
    event_ids: exchange.eventIds,
    created_at: exchange.at.toISOString(),
  }
}

const shownNames = 5

/** What somebody who misses a member in a group has to know. */
function remarkOn(awaited: readonly string[]): string | null {
  if (awaited.length === 0) return null
  const names = awaited.slice(0, shownNames).map((name) => quote(name))
  const more = awaited.length > shownNames ? ` and ${awaited.length - shownNames} more` : ''
  return `Nobody here is called ${names.join(', ')}${more} yet. Whoever arrives under such a name joins the group then.`
}

/** Requests to endpoints that do not exist belong to nobody and are not kept. */
async function writeRows(db: Database, rows: readonly Row[]): Promise<void> {
  await db.pool.query({
    name: 'write-scim-requests',
    text: `insert into scim_requests (environment_id, id, directory_id, request_id, method, path, status, reason, scim_type,
        duration_ms, user_agent, rejected_token, request_body, response_body, event_ids, created_at)
      select d.environment_id, r.id, d.id, r.request_id, r.method, r.path, r.status, r.reason, r.scim_type,
        r.duration_ms, r.user_agent, r.rejected_token, r.request_body, r.response_body, r.event_ids, r.created_at
      from json_to_recordset($1) as r (id text, external_key text, request_id text, method text, path text, status integer,
        reason text, scim_type text, duration_ms integer, user_agent text, rejected_token text, request_body text,
        response_body text, event_ids text[], created_at timestamptz)
      join directories d on d.external_key = r.external_key`,
    values: [JSON.stringify(rows)],
  })
}
