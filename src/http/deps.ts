import type { Database } from '#db/database.ts'
import type { ResolveTxt } from '#domain/organizations/domains.ts'
import type { KeyUses } from './callers.ts'

/** What the doors need. Built once in app.ts and handed to each as an argument. */
export interface Deps {
  readonly db: Database
  readonly clock: () => Date
  /** Called after a commit that wrote events. */
  readonly wake: () => void
  readonly keyUses: KeyUses
  readonly resolveTxt: ResolveTxt
  /** Where browsers and identity providers reach us; no trailing slash. */
  readonly baseUrl: string
}
