import type { EnvironmentId } from '#contracts/ids.ts'
import type { SigningKey } from './signing-keys.ts'

export type KeyPurpose = 'jwt' | 'saml'

/** How long a rotation may go unnoticed by a process. New keys are published long before they sign. */
const freshMs = 60_000
const maxEntries = 1_000

/** Keys of environments, newest first, opened once and kept for a minute: opening one costs more than using it. */
export class SigningKeyCache {
  readonly #read: (environment: EnvironmentId, purpose: KeyPurpose) => Promise<SigningKey[]>
  readonly #clock: () => Date
  readonly #entries = new Map<string, { readonly until: number; readonly keys: Promise<SigningKey[]> }>()

  constructor(read: (environment: EnvironmentId, purpose: KeyPurpose) => Promise<SigningKey[]>, clock: () => Date) {
    this.#read = read
    this.#clock = clock
  }

  get(environment: EnvironmentId, purpose: KeyPurpose): Promise<SigningKey[]> {
    const name = `${purpose} ${environment}`
    const now = this.#clock().getTime()
    const known = this.#entries.get(name)
    if (known && known.until > now) return known.keys
    const keys = this.#read(environment, purpose)
    // A failed read must be tried again at once.
    keys.catch(() => this.#entries.delete(name))
    if (this.#entries.size >= maxEntries) this.#entries.clear()
    this.#entries.set(name, { until: now + freshMs, keys })
    return keys
  }
}
