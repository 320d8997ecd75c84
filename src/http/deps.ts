import type { Database } from '#db/database.ts'
import type { FetchText } from '#domain/connections/idp-settings.ts'
import type { SnapshotLimit } from '#domain/directories/snapshot-limit.ts'
import type { SigningKeyCache } from '#domain/environments/signing-key-cache.ts'
import type { LogStreamRules } from '#domain/log-streams/streams.ts'
import type { OAuthServers } from '#domain/oauth/servers.ts'
import type { ApiLog } from '#domain/request-logs/api-log.ts'
import type { RejectedRedirects } from '#domain/redirects/rejected.ts'
import type { ScimLog } from '#domain/request-logs/scim-log.ts'
import type { ResolveTxt } from '#domain/organizations/domains.ts'
import type { PostWebhook } from '#domain/webhooks/exchange.ts'
import type { EndpointRules } from '#domain/webhooks/endpoints.ts'
import type { Secrets } from '#protocols/envelope.ts'
import type { KeyUses } from './callers.ts'
import type { TokenUses } from './scim/callers.ts'
import type { SignInLimits } from './user-management/sign-in-limits.ts'

/** What the doors need. Built once in app.ts and handed to each as an argument. */
export interface Deps {
  readonly db: Database
  readonly clock: () => Date
  /** Called after a commit that wrote events. */
  readonly wake: () => void
  /** Deliveries are due. */
  readonly wakeWebhooks: () => void
  readonly webhookRules: EndpointRules
  readonly postWebhook: PostWebhook
  /** A stream may have something to send, or may send again. */
  readonly wakeLogStreams: () => void
  readonly logStreams: LogStreamRules
  readonly keyUses: KeyUses
  /** Seals what the database must not hold in the clear. */
  readonly secrets: Secrets
  readonly tokenUses: TokenUses
  readonly apiLog: ApiLog
  readonly scimLog: ScimLog
  readonly rejectedRedirects: RejectedRedirects
  readonly snapshotLimit: SnapshotLimit
  readonly resolveTxt: ResolveTxt
  readonly fetchText: FetchText
  readonly signingKeys: SigningKeyCache
  readonly signInLimits: SignInLimits
  readonly oauth: OAuthServers
  /** Where browsers and identity providers reach us; no trailing slash. */
  readonly baseUrl: string
  /** Whether this is a developer's own machine. */
  readonly development: boolean
}
