import type { EnvironmentId } from '#contracts/ids.ts'
import { Busy } from '../errors.ts'

const atOnce = 2
const retryAfterSeconds = 5

/** How many directories an environment may read whole at the same time in this process: each holds a connection. */
export class SnapshotLimit {
  readonly #open = new Map<EnvironmentId, number>()

  /** @throws Busy when others have to end first. Dispose what is returned when the reading ends. */
  enter(environment: EnvironmentId): Disposable {
    const open = this.#open.get(environment) ?? 0
    if (open >= atOnce)
      throw new Busy(
        `${atOnce} snapshots are being read already. Try again when one of them ends.`,
        'too_many_snapshots',
        retryAfterSeconds,
      )
    this.#open.set(environment, open + 1)
    return { [Symbol.dispose]: () => this.#leave(environment) }
  }

  #leave(environment: EnvironmentId): void {
    const left = (this.#open.get(environment) ?? 1) - 1
    if (left === 0) this.#open.delete(environment)
    else this.#open.set(environment, left)
  }
}
