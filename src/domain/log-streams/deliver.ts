import { randomUUID } from 'node:crypto'
import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { readRetryAfter } from '#protocols/webhooks/retry.ts'
import { backOff } from './back-off.ts'
import { batchLimits, sendBatch, type Target } from './destinations.ts'
import type { Outlets, Verdict } from './outlets.ts'
import { type Batch, readBatch } from './read-batch.ts'

/** When a process dies, another goes on after this long at most; a living one renews it however long a batch takes. */
const leaseMs = 9_000
const defaultRenewEveryMs = 2_500
/** How long a request may take. */
export const attemptTimeoutMs = 8_000
/** Each holds one batch: this bounds the memory, whatever waits. */
const maxStreams = 16
/** A stream that has caught up or sent this many batches makes room for others. */
const maxBatches = 50

export interface LogStreamDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly secrets: Secrets
  readonly outlets: Outlets
  readonly random: () => number
  readonly renewEveryMs?: number
}

interface Claimed extends Target {
  readonly events: string[] | null
  readonly position: number
  readonly attempts: number
  readonly updated_at: Date
}

const claimSql = `
  with due as (
    select s.environment_id, s.id from log_streams s
    where s.status = 'active' and (s.next_attempt_at is null or s.next_attempt_at <= $1)
      and (s.leased_until is null or s.leased_until <= $1)
      and (select max(l.position) from event_log l where l.environment_id = s.environment_id) > s.position
    order by s.last_attempt_at nulls first limit $4
    for update of s skip locked
  )
  update log_streams s set leased_until = $2, leased_by = $3, last_attempt_at = $1
  from due, environments e where s.environment_id = due.environment_id and s.id = due.id and e.id = s.environment_id
  returning s.environment_id, s.id, e.kind, s.type, s.settings, s.sealed_credentials, s.events, s.position, s.attempts,
    s.updated_at`

/**
 * The lease is compared, not assumed: who lost it must not move the position of who has it now. A stream that was paused or
 * changed meanwhile is let go of, to be claimed as it is now.
 */
const advanceSql = `
  update log_streams set position = $4, leased_until = $5, events_sent = events_sent + $6, bytes_sent = bytes_sent + $7,
    batches_sent = batches_sent + $8,
    attempts = case when $8 > 0 then 0 else attempts end, failing_since = case when $8 > 0 then null else failing_since end,
    next_attempt_at = null, last_success_at = case when $8 > 0 then $9 else last_success_at end
  where environment_id = $1 and id = $2 and leased_by = $3
  returning status = 'active' and updated_at = $10 as unchanged`

const failSql = `
  update log_streams set attempts = $8, failures = failures + 1, failing_since = coalesce(failing_since, $4),
    last_error = $5, last_error_status = $6, last_error_at = $4, next_attempt_at = case when updated_at = $9 then $7::timestamptz end
  where environment_id = $1 and id = $2 and leased_by = $3`

/** No later than anybody set it: a renewal that was slow on its way shortens nothing. */
const renewSql = `
  update log_streams set leased_until = greatest(leased_until, $4) where environment_id = $1 and id = $2 and leased_by = $3`

const releaseSql = `
  update log_streams set leased_until = null, leased_by = null where environment_id = $1 and id = $2 and leased_by = $3`

/** Moves streams along the log, each in order and one batch at a time; several processes share the streams. */
export class LogStreamWorker {
  readonly #deps: LogStreamDeps
  readonly #inFlight = new Set<Promise<void>>()
  readonly #onError: (error: unknown) => void
  #stopping = false

  constructor(deps: LogStreamDeps, onError: (error: unknown) => void) {
    this.#deps = deps
    this.#onError = onError
  }

  /** Starts every stream that has something to send. @returns how many were started. */
  async startDue(): Promise<number> {
    const free = maxStreams - this.#inFlight.size
    if (free <= 0 || this.#stopping) return 0
    const now = this.#deps.clock()
    const lease = randomUUID()
    const { rows } = await this.#deps.db.pool.query<Claimed>({
      name: 'log-stream-claim',
      text: claimSql,
      values: [now, new Date(now.getTime() + leaseMs), lease, free],
    })
    for (const stream of rows) this.#track(this.#follow(stream, lease))
    return rows.length
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight)
  }

  /** Starts nothing more and lets each stream finish the batch it is at. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.settle()
  }

  async #follow(stream: Claimed, lease: string): Promise<void> {
    const { db, secrets, outlets, clock } = this.#deps
    let { position, attempts } = stream
    let limit: number = batchLimits.events
    for (let sent = 0; sent < maxBatches && !this.#stopping;) {
      const limits = { events: limit, bytes: batchLimits.bytes }
      const batch = await readBatch(db, stream.environment_id, position, stream.events, limits)
      if (!batch) break
      const count = batch.events.length
      const verdict =
        count === 0
          ? undefined
          : await this.#keeping(stream, lease, sendBatch(batch.events, stream, secrets, outlets, clock()))
      if (verdict?.kind === 'too_large' && count > 1) {
        limit = Math.ceil(count / 2)
        // Moves nothing and renews the lease: halving a batch takes several requests.
        if (await this.#advance(stream, lease, { events: [], position, bytes: 0 })) continue
        return
      }
      if (verdict && verdict.kind !== 'accepted') {
        await this.#fail(stream, lease, verdict, batch, attempts + 1)
        break
      }
      if (!(await this.#advance(stream, lease, batch))) return
      position = batch.position
      if (count > 0) attempts = 0
      sent += 1
    }
    await db.pool.query(releaseSql, [stream.environment_id, stream.id, lease])
  }

  /** A write to a slow disk or pipe cannot be taken back, so nobody else may begin it meanwhile. */
  async #keeping<T>(stream: Claimed, lease: string, sending: Promise<T>): Promise<T> {
    const { db, clock, renewEveryMs = defaultRenewEveryMs } = this.#deps
    const renew = () =>
      db.pool
        .query(renewSql, [stream.environment_id, stream.id, lease, new Date(clock().getTime() + leaseMs)])
        .catch(this.#onError)
    const timer = setInterval(() => void renew(), renewEveryMs)
    try {
      return await sending
    } finally {
      clearInterval(timer)
    }
  }

  /** @returns whether the stream is still this worker's to move: not paused, changed, removed, or leased to another. */
  async #advance(stream: Claimed, lease: string, batch: Batch): Promise<boolean> {
    const now = this.#deps.clock()
    const { rows } = await this.#deps.db.pool.query<{ unchanged: boolean }>({
      name: 'log-stream-advance',
      text: advanceSql,
      values: [
        stream.environment_id,
        stream.id,
        lease,
        batch.position,
        new Date(now.getTime() + leaseMs),
        batch.events.length,
        batch.bytes,
        batch.events.length > 0 ? 1 : 0,
        now,
        stream.updated_at,
      ],
    })
    if (rows[0]?.unchanged !== false) return rows.length > 0
    await this.#deps.db.pool.query(releaseSql, [stream.environment_id, stream.id, lease])
    return false
  }

  async #fail(
    stream: Claimed,
    lease: string,
    verdict: Exclude<Verdict, { kind: 'accepted' }>,
    batch: Batch,
    failures: number,
  ): Promise<void> {
    const now = this.#deps.clock()
    const wish = verdict.kind === 'failed' ? readRetryAfter(verdict.retryAfter, now) : undefined
    const wait = backOff(failures, this.#deps.random(), wish)
    const message =
      verdict.kind === 'too_large'
        ? `${verdict.message} It is one event alone: ${batch.events[0]?.id}.`
        : verdict.message
    await this.#deps.db.pool.query({
      name: 'log-stream-fail',
      text: failSql,
      values: [
        stream.environment_id,
        stream.id,
        lease,
        now,
        message,
        verdict.status,
        new Date(now.getTime() + wait),
        failures,
        stream.updated_at,
      ],
    })
  }

  #track(work: Promise<void>): void {
    // What was not stored is sent again when the lease ends: at least once, never lost.
    const tracked = work.catch(this.#onError).finally(() => this.#inFlight.delete(tracked))
    this.#inFlight.add(tracked)
  }
}
