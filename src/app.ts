import { resolveTxt } from 'node:dns/promises'
import type { FastifyInstance } from 'fastify'
import { openDatabase } from '#db/database.ts'
import { pendingMigrations, readMigrations } from '#db/migrate.ts'
import { SnapshotLimit } from '#domain/directories/snapshot-limit.ts'
import { SigningKeyCache } from '#domain/environments/signing-key-cache.ts'
import { readSigningKeys } from '#domain/environments/signing-keys.ts'
import { datadogIntake } from '#domain/log-streams/datadog.ts'
import { attemptTimeoutMs, LogStreamWorker } from '#domain/log-streams/deliver.ts'
import type { Outlets } from '#domain/log-streams/outlets.ts'
import { WebhookWorker } from '#domain/webhooks/deliver.ts'
import type { ResolveTxt } from '#domain/organizations/domains.ts'
import { authenticationSettingsRoutes } from '#http/api/authentication-settings.ts'
import { connectionRoutes } from '#http/api/connections.ts'
import { directoryRoutes } from '#http/api/directories.ts'
import { directoryAttributeRoutes } from '#http/api/directory-attributes.ts'
import { directoryPeopleRoutes } from '#http/api/directory-people.ts'
import { environmentRoutes } from '#http/api/environments.ts'
import { eventRoutes } from '#http/api/events.ts'
import { logStreamRoutes } from '#http/api/log-streams.ts'
import { organizationDomainRoutes } from '#http/api/organization-domains.ts'
import { organizationRoutes } from '#http/api/organizations.ts'
import { redirectRoutes } from '#http/api/redirects.ts'
import { webhookRoutes } from '#http/api/webhooks.ts'
import { permissionRoutes } from '#http/authorization/permissions.ts'
import { roleRoutes } from '#http/authorization/roles.ts'
import { KeyUses } from '#http/callers.ts'
import type { Deps } from '#http/deps.ts'
import { healthRoutes } from '#http/health.ts'
import { openApiRoutes } from '#http/openapi.ts'
import { limitPublicRoutes } from '#http/rate-limit.ts'
import { TokenUses } from '#http/scim/callers.ts'
import { scimRoutes } from '#http/scim/routes.ts'
import { createServer } from '#http/server.ts'
import { acsRoute } from '#http/sso/acs.ts'
import { authorizeRoute } from '#http/sso/authorize.ts'
import { jwksRoute } from '#http/sso/jwks.ts'
import { logoutRoutes } from '#http/sso/logout.ts'
import { metadataRoutes } from '#http/sso/metadata.ts'
import { profileRoute } from '#http/sso/profile.ts'
import { tokenRoute } from '#http/sso/token.ts'
import { authenticateRoute } from '#http/user-management/authenticate.ts'
import { emailVerificationRoutes } from '#http/user-management/email-verification.ts'
import { jwtTemplateRoutes } from '#http/user-management/jwt-template.ts'
import { logoutRoute } from '#http/user-management/logout.ts'
import { magicAuthRoutes } from '#http/user-management/magic-auth.ts'
import { invitationRoutes } from '#http/user-management/invitations.ts'
import { membershipRoutes } from '#http/user-management/memberships.ts'
import { mfaRoutes } from '#http/user-management/mfa.ts'
import { sessionRoutes } from '#http/user-management/sessions.ts'
import { userRoutes } from '#http/user-management/users.ts'
import { Runner } from '#jobs/runner.ts'
import { backgroundTasks, deliverTask, stampTask, streamTask } from '#jobs/tasks.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { testIdpRoutes } from '#test-idp/routes.ts'
import packageJson from '../package.json' with { type: 'json' }
import { guardedFetch } from './guarded-fetch.ts'
import { guardedPost } from './guarded-post.ts'
import { appendBelow, writeStdout } from './stream-files.ts'

export interface AppOptions {
  readonly databaseUrl: string
  /** Where browsers and identity providers reach us; no trailing slash. */
  readonly baseUrl: string
  readonly secrets: Secrets
  /** Opens what only a developer's machine may have: the test identity provider, fetches from private addresses. */
  readonly development: boolean
  /** Where the test identity provider keeps its keys; development only. */
  readonly testIdp?: { readonly baseUrl: string; readonly folder: string | undefined }
  readonly logger: { readonly level: string } | false
  readonly trustProxy: boolean
  readonly poolSize: number
  /** How often one address may call routes that need no key; 1200 unless told. */
  readonly publicRequestsPerMinute?: number
  /** How long events can be read; for ever unless told. */
  readonly eventsRetentionDays?: number | undefined
  /** Where file log streams may write; without it there are none. */
  readonly logStreamFolder?: string | undefined
  /** Where Datadog sites take logs, instead of Datadog: development only. */
  readonly datadogIntake?: Outlets['datadogIntake'] | undefined
  readonly clock?: () => Date
  readonly resolveTxt?: ResolveTxt
}

export interface App {
  readonly server: FastifyInstance
  readonly deps: Deps
  /** Starts the background jobs. */
  start(): void
  /** Finishes what is in flight, then lets go of the database. */
  close(): Promise<void>
}

/** Wires the rooms together; nothing here decides anything. */
export async function createApp(options: AppOptions): Promise<App> {
  const server = createServer({ logger: options.logger, trustProxy: options.trustProxy })
  const clock = options.clock ?? (() => new Date())
  const db = openDatabase({
    url: options.databaseUrl,
    poolSize: options.poolSize,
    onError: (error) => server.log.warn({ err: error }, 'lost a database connection'),
  })
  const postWebhook = guardedPost({ allowPrivate: options.development })
  const postBatch = guardedPost({ allowPrivate: options.development, timeoutMs: attemptTimeoutMs })
  const { logStreamFolder } = options
  const outlets: Outlets = {
    post: postBatch,
    appendFile: logStreamFolder === undefined ? undefined : appendBelow(logStreamFolder),
    writeStdout,
    datadogIntake: (options.development && options.datadogIntake) || datadogIntake,
  }
  const deps: Deps = {
    db,
    clock,
    wake: () => runner.wake(stampTask),
    keyUses: new KeyUses(),
    secrets: options.secrets,
    tokenUses: new TokenUses(),
    snapshotLimit: new SnapshotLimit(),
    wakeWebhooks: () => runner.wake(deliverTask),
    webhookRules: { secrets: options.secrets, allowPrivate: options.development },
    wakeLogStreams: () => runner.wake(streamTask),
    logStreams: {
      secrets: options.secrets,
      outlets,
      allowPrivate: options.development,
      allowFiles: logStreamFolder !== undefined,
    },
    resolveTxt: options.resolveTxt ?? resolveTxt,
    fetchText: guardedFetch({ allowPrivate: options.development }),
    signingKeys: new SigningKeyCache(
      (environment, purpose) => readSigningKeys(db, environment, purpose, options.secrets),
      clock,
    ),
    baseUrl: options.baseUrl,
  }
  const flushUses = async () => {
    await deps.keyUses.flush(db)
    await deps.tokenUses.flush(db)
  }
  const onTaskError = (task: string, error: unknown) =>
    server.log.error({ err: error, task }, 'a background task failed')
  const webhooks = new WebhookWorker(
    { db, clock, secrets: options.secrets, postWebhook, random: Math.random },
    (error) => onTaskError(deliverTask, error),
  )
  const logStreams = new LogStreamWorker(
    { db, clock, secrets: options.secrets, outlets, random: Math.random },
    (error) => onTaskError(streamTask, error),
  )
  const runner: Runner = new Runner(
    backgroundTasks(
      { ...deps, flushUses, webhooks, logStreams, eventsRetentionDays: options.eventsRetentionDays },
      (task) => runner.wake(task),
    ),
    onTaskError,
  )

  await limitPublicRoutes(server, options.publicRequestsPerMinute ?? 1200)
  const migrations = await readMigrations()
  healthRoutes(server, () => pendingMigrations(db.pool, migrations))
  openApiRoutes(server, packageJson.version)
  for (const routes of [
    organizationRoutes,
    organizationDomainRoutes,
    userRoutes,
    authenticateRoute,
    sessionRoutes,
    logoutRoute,
    magicAuthRoutes,
    emailVerificationRoutes,
    mfaRoutes,
    jwtTemplateRoutes,
    authenticationSettingsRoutes,
    membershipRoutes,
    invitationRoutes,
    roleRoutes,
    permissionRoutes,
    connectionRoutes,
    environmentRoutes,
    directoryRoutes,
    directoryPeopleRoutes,
    directoryAttributeRoutes,
    redirectRoutes,
    webhookRoutes,
    logStreamRoutes,
    eventRoutes,
  ])
    routes(server, deps)
  scimRoutes(server, deps)
  for (const routes of [authorizeRoute, acsRoute, metadataRoutes, tokenRoute, profileRoute, jwksRoute, logoutRoutes])
    routes(server, deps)
  if (options.development && options.testIdp)
    testIdpRoutes(server, { ...options.testIdp, clock, fetch: globalThis.fetch, origins: [options.baseUrl] })

  return {
    server,
    deps,
    start: () => runner.start(),
    close: async () => {
      await server.close()
      await runner.stop()
      await webhooks.settle()
      await logStreams.stop()
      await postWebhook.close()
      await postBatch.close()
      await flushUses()
      await db.close()
    },
  }
}
