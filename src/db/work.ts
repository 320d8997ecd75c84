import { AsyncLocalStorage } from 'node:async_hooks'
import { sql, type Transaction } from 'kysely'
import type pg from 'pg'
import type { EventData, EventName } from '#contracts/events.ts'
import type { EnvironmentId, EventId, OrganizationId } from '#contracts/ids.ts'
import type { Database } from './database.ts'
import { newId } from './new-id.ts'
import type { Schema } from './schema.gen.ts'
import { inTransaction } from './transaction.ts'

/** What a verb gets to change things with: a transaction, and the only way to say what happened. */
export interface Work {
  readonly tx: Transaction<Schema>
  readonly environment: EnvironmentId
  readonly now: Date
  /** Announces a change. The event is written with the change, last, or not at all. */
  emit<E extends EventName>(name: E, data: EventData<E>, organization: OrganizationId | null): void
}

/** An answer to remember with the change, so that a repeated request gets it again instead of a second change. */
export interface Idempotency {
  readonly key: string
  readonly route: string
  readonly requestHash: Buffer
  readonly status: number
  /** Answers may hold what is shown once, such as a new API key: they are kept sealed. */
  readonly seal: (answer: string) => string
}

/** Whose data changes, and under which idempotency key. */
export interface Scope {
  readonly environment: EnvironmentId
  readonly idempotency?: Idempotency | undefined
}

export interface ChangeDeps {
  readonly db: Database
  readonly clock: () => Date
  /** Called after a commit that wrote events: wakes whoever follows the log. */
  readonly wake: () => void
}

/** The same key is being used, or was used since we looked: read the stored answer instead. */
export class IdempotencyRace extends Error {
  override readonly name = 'IdempotencyRace'
}

/**
 * The unit of work: runs the verb in a transaction, then writes its events and the remembered answer as the last
 * statements. A verb that throws undoes everything; a verdict that must be kept is returned, not thrown.
 */
export async function change<T>(deps: ChangeDeps, scope: Scope, verb: (work: Work) => Promise<T>): Promise<T> {
  const now = deps.clock()
  const events = new EmittedEvents(scope.environment, now)
  const result = await deps.db.kysely.transaction().execute(async (tx) => {
    const value = await verb({ tx, environment: scope.environment, now, emit: events.emit })
    if (scope.idempotency) await remember(tx, scope.environment, scope.idempotency, value, now)
    if (events.size > 0) await sql`select append_events(${sql.join(events.parameters)})`.execute(tx)
    return value
  })
  if (events.size > 0) deps.wake()
  return result
}

/**
 * A unit of work for verbs that write themselves, to send fewer statements: `act` writes its events with its last
 * statement (see EmittedEvents), in the transaction it is given.
 */
export async function transact<T>(
  deps: ChangeDeps,
  environment: EnvironmentId,
  act: (client: pg.PoolClient, events: EmittedEvents, now: Date) => Promise<T>,
): Promise<T> {
  const now = deps.clock()
  const events = new EmittedEvents(environment, now)
  const result = await inTransaction(deps.db.pool, (client) => act(client, events, now))
  if (events.size > 0) deps.wake()
  return result
}

const mostCollected = 200
const collecting = new AsyncLocalStorage<EventId[]>()

/**
 * Runs something and collects the ids of the events it emitted, also of transactions that were undone: whoever shows
 * them asks the log which of them happened. For logs of requests only; nothing may be decided by it.
 */
export function collectEmittedIds<T>(ids: EventId[], act: () => T): T {
  return collecting.run(ids, act)
}

/** Events of one transaction, in the order they were emitted, as the parameters of the SQL function append_events. */
export class EmittedEvents {
  readonly #environment: EnvironmentId
  readonly #now: Date
  readonly #ids: EventId[] = []
  readonly #types: EventName[] = []
  readonly #organizations: (OrganizationId | null)[] = []
  readonly #bodies: string[] = []

  constructor(environment: EnvironmentId, now: Date) {
    this.#environment = environment
    this.#now = now
  }

  get size(): number {
    return this.#ids.length
  }

  get parameters(): [EnvironmentId, EventId[], EventName[], (OrganizationId | null)[], string[], Date] {
    return [this.#environment, this.#ids, this.#types, this.#organizations, this.#bodies, this.#now]
  }

  readonly emit: Work['emit'] = (name, data, organization) => {
    const id = newId('event', this.#now)
    const collected = collecting.getStore()
    if (collected && collected.length < mostCollected) collected.push(id)
    this.#ids.push(id)
    this.#types.push(name)
    this.#organizations.push(organization)
    // The text readers get, for ever: SDK 7 and 8 verify webhooks against JSON.stringify of the parsed body.
    this.#bodies.push(JSON.stringify({ object: 'event', id, event: name, data, created_at: this.#now.toISOString() }))
  }
}

async function remember(
  tx: Transaction<Schema>,
  environment: EnvironmentId,
  { key, route, requestHash, status, seal }: Idempotency,
  answer: unknown,
  now: Date,
): Promise<void> {
  const stored = await tx
    .insertInto('idempotency_keys')
    .values({
      environment_id: environment,
      key,
      route,
      request_hash: requestHash,
      status,
      answer: seal(JSON.stringify(answer ?? null)),
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst()
  if (!stored) throw new IdempotencyRace()
}
