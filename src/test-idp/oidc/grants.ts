import { createHash, randomBytes } from 'node:crypto'
import type { Person } from '../people.ts'
import type { OidcScenarioSlug } from './scenarios.ts'

/** What somebody agreed to at the sign-in page. */
export interface Grant {
  readonly slug: string
  readonly clientId: string
  readonly redirectUri: string
  readonly nonce: string | null
  readonly codeChallenge: string | null
  readonly scopes: readonly string[]
  readonly person: Person
  readonly scenario: OidcScenarioSlug | null
}

const codeLifetimeMs = 60_000
const tokenLifetimeMs = 3_600_000
/** Anybody who reaches the port may make them, so their number is bounded; the oldest go first. */
const maximumKept = 1000

/** Codes and access tokens of this process. */
export class Grants {
  readonly #clock: () => Date
  readonly #codes = new Map<string, { readonly grant: Grant; readonly until: number }>()
  readonly #tokens = new Map<string, { readonly grant: Grant; readonly until: number }>()

  constructor(clock: () => Date) {
    this.#clock = clock
  }

  addCode(grant: Grant): string {
    return this.#add(this.#codes, grant, codeLifetimeMs)
  }

  /** A code works once, for the client it was made for, with its redirect URI and its verifier (RFC 6749 §4.1.3, RFC 7636). */
  takeCode(code: string, of: { clientId: string; redirectUri: string; verifier: string | null }): Grant | undefined {
    const entry = this.#codes.get(code)
    this.#codes.delete(code)
    if (!entry || entry.until <= this.#clock().getTime()) return undefined
    const { grant } = entry
    const challenge = of.verifier === null ? null : createHash('sha256').update(of.verifier).digest('base64url')
    return grant.clientId === of.clientId && grant.redirectUri === of.redirectUri && grant.codeChallenge === challenge
      ? grant
      : undefined
  }

  addToken(grant: Grant): string {
    return this.#add(this.#tokens, grant, tokenLifetimeMs)
  }

  byToken(token: string): Grant | undefined {
    const entry = this.#tokens.get(token)
    return entry && entry.until > this.#clock().getTime() ? entry.grant : undefined
  }

  #add(to: Map<string, { readonly grant: Grant; readonly until: number }>, grant: Grant, lifetimeMs: number): string {
    const key = randomBytes(24).toString('base64url')
    const [oldest] = to.size >= maximumKept ? to.keys() : []
    if (oldest !== undefined) to.delete(oldest)
    to.set(key, { grant, until: this.#clock().getTime() + lifetimeMs })
    return key
  }
}

export const accessTokenSeconds = tokenLifetimeMs / 1000
