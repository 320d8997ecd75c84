import type { WebhookDeliveryId, WebhookEndpointId } from '#contracts/ids.ts'
import type { ChangeDeps } from '#db/work.ts'
import { attempt, type AttemptDeps, openSecrets, type Outcome } from './attempt.ts'
import { claimDue, type Claimed, LaneWalk, renewLeases } from './claim.ts'
import type { Operators } from './disable.ts'
import { storeOutcomes } from './outcomes.ts'

/** Well within a lease, so that one renewal may come late. */
const renewEveryMs = 2_500
const maxRunning = 2_000
/** Outcomes that are stored in one statement. */
const storeLimit = 500

export interface DeliveryDeps extends ChangeDeps, AttemptDeps, Operators {}

/** Makes deliveries without waiting for slow ones: a dead endpoint costs its own share of attempts and nobody else's. */
export class WebhookWorker {
  readonly #deps: DeliveryDeps
  readonly #onError: (error: unknown) => void
  readonly #onRoom: () => void
  readonly #lanes = new LaneWalk()
  /** Under way, until the outcome is stored, with when it was claimed or renewed. */
  readonly #running = new Map<WebhookDeliveryId, { readonly delivery: Claimed; since: number }>()
  readonly #perEndpoint = new Map<WebhookEndpointId, number>()
  #outcomes: Outcome[] = []
  #isStoring = false
  #idle = Promise.withResolvers<void>()
  #renewing: NodeJS.Timeout | undefined

  /** @param onRoom called when attempts have ended, so that more can be started. */
  constructor(deps: DeliveryDeps, onError: (error: unknown) => void, onRoom: () => void = () => undefined) {
    this.#deps = deps
    this.#onError = onError
    this.#onRoom = onRoom
  }

  /** Starts what is due, as far as there is room. @returns how many attempts were started. */
  async startDue(): Promise<number> {
    if (this.#running.size >= maxRunning) return 0
    const { db, clock } = this.#deps
    const now = clock()
    const [any, ordered] = [
      await claimDue(db, now, this.#perEndpoint),
      await this.#lanes.claim(db, now, this.#perEndpoint),
    ]
    const secretsOf = openSecrets(this.#deps.secrets)
    for (const delivery of [...any, ...ordered])
      // Claimed again although it is under way here: the database was away for longer than a lease. Once at a time.
      if (!this.#running.has(delivery.id)) this.#start(delivery, secretsOf)
    return any.length + ordered.length
  }

  /** Resolves when every attempt under way has come to its end and is stored. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await this.#idle.promise
  }

  #start(delivery: Claimed, secretsOf: (delivery: Claimed) => readonly string[]): void {
    if (this.#running.size === 0) {
      this.#idle = Promise.withResolvers()
      this.#renewing = setInterval(() => void this.#renew().catch(this.#onError), renewEveryMs)
    }
    this.#running.set(delivery.id, { delivery, since: performance.now() })
    this.#perEndpoint.set(delivery.endpoint_id, (this.#perEndpoint.get(delivery.endpoint_id) ?? 0) + 1)
    void this.#attempt(delivery, secretsOf)
  }

  async #attempt(delivery: Claimed, secretsOf: (delivery: Claimed) => readonly string[]): Promise<void> {
    try {
      this.#outcomes.push(await attempt(this.#deps, delivery, secretsOf(delivery)))
      if (!this.#isStoring) await this.#store()
    } catch (error) {
      // Tried again when its lease ends.
      this.#onError(error)
      this.#end(delivery)
    }
  }

  /** Whatever has ended while one statement was on its way goes with the next: the busier, the fewer statements. */
  async #store(): Promise<void> {
    this.#isStoring = true
    while (this.#outcomes.length > 0) {
      const outcomes = this.#outcomes.splice(0, storeLimit)
      try {
        await storeOutcomes(this.#deps, outcomes)
      } catch (error) {
        // What was not stored is tried again when its lease ends: at least once, never lost.
        this.#onError(error)
      }
      for (const { delivery } of outcomes) this.#end(delivery)
      this.#onRoom()
    }
    this.#isStoring = false
  }

  #end({ id, endpoint_id: endpoint }: Claimed): void {
    this.#running.delete(id)
    const left = (this.#perEndpoint.get(endpoint) ?? 1) - 1
    if (left > 0) this.#perEndpoint.set(endpoint, left)
    else this.#perEndpoint.delete(endpoint)
    if (this.#running.size > 0) return
    clearInterval(this.#renewing)
    this.#idle.resolve()
  }

  async #renew(): Promise<void> {
    const now = performance.now()
    const slow = [...this.#running.values()].filter(({ since }) => now - since >= renewEveryMs / 2)
    if (slow.length === 0) return
    for (const entry of slow) entry.since = now
    await renewLeases(
      this.#deps.db,
      this.#deps.clock(),
      slow.map(({ delivery }) => delivery),
    )
  }
}
