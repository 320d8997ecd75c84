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
import { ApiLog } from '#domain/request-logs/api-log.ts'
import { RejectedRedirects } from '#domain/redirects/rejected.ts'
import { ScimLog } from '#domain/request-logs/scim-log.ts'
import { WebhookWorker } from '#domain/webhooks/deliver.ts'
import type { PostMail } from '#domain/mail/send.ts'
import { OAuthServers } from '#domain/oauth/servers.ts'
import type { ResolveTxt } from '#domain/organizations/domains.ts'
import { type Answered, tellAnswers } from '#http/answered.ts'
import { KeyUses } from '#http/callers.ts'
import type { Deps } from '#http/deps.ts'
import { openDoors } from '#http/doors.ts'
import { healthRoutes } from '#http/health.ts'
import { mailboxPages } from '#http/pages/mailbox.ts'
import { limitPublicRoutes } from '#http/rate-limit.ts'
import { TokenUses } from '#http/scim/callers.ts'
import { createServer } from '#http/server.ts'
import { SignInLimits } from '#http/user-management/sign-in-limits.ts'
import { Runner } from '#jobs/runner.ts'
import { apiTasks, backgroundTasks, deliverTask, stampTask, streamTask } from '#jobs/tasks.ts'
import type { Secrets } from '#protocols/envelope.ts'
import type { Schedule } from '#protocols/webhooks/retry.ts'
import { testIdpRoutes } from '#test-idp/routes.ts'
import packageJson from '../package.json' with { type: 'json' }
import { guardedFetch } from './guarded-fetch.ts'
import { guardedPost } from './guarded-post.ts'
import { guardedTransport } from './guarded-transport.ts'
import type { Role } from './settings.ts'
import type { SmtpOptions } from './smtp.ts'
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
  /** Told of every request once it is answered. */
  readonly onAnswered?: ((answered: Answered) => void) | undefined
  readonly trustProxy: boolean
  /** Answer requests, do what is done in the background, or both; both unless told. */
  readonly role?: Role
  readonly poolSize: number
  /** How often one address may call routes that need no key; 1200 unless told. */
  readonly publicRequestsPerMinute?: number
  /** How long events can be read; for ever unless told. */
  readonly eventsRetentionDays?: number | undefined
  /** Who runs this server, and is told when something needs their attention. */
  readonly operatorEmails?: readonly string[]
  /** How long webhooks of staging environments are tried again; three days unless told. */
  readonly stagingWebhookRetries?: Schedule
  /** Where file log streams may write; without it there are none. */
  readonly logStreamFolder?: string | undefined
  /** Where Datadog sites take logs, instead of Datadog: development only. */
  readonly datadogIntake?: Outlets['datadogIntake'] | undefined
  /** What sends mail. Without it development keeps mail in the mailbox, and production cannot send any. */
  readonly smtp?: SmtpOptions | undefined
  readonly clock?: () => Date
  readonly resolveTxt?: ResolveTxt
}

export interface App {
  readonly server: FastifyInstance
  readonly deps: Deps
  /** Starts the background jobs. */
  start(): void
  /**
   * Finishes what is in flight, then lets go of the database.
   * @param others closes further servers that the same requests come through.
   */
  close(others?: () => Promise<unknown>): Promise<void>
}

/** Wires the rooms together; nothing here decides anything. */
export async function createApp(options: AppOptions): Promise<App> {
  const server = createServer({ logger: options.logger, trustProxy: options.trustProxy })
  if (options.onAnswered) tellAnswers(server, options.onAnswered)
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
  // Loaded where it is needed: sending mail brings a library with it.
  const smtp = options.smtp && (await import('./smtp.ts')).smtpMail(options.smtp)
  const postMail = smtp ?? (options.development ? undefined : cannotSend)
  const deps: Deps = {
    db,
    clock,
    wake: () => runner.wake(stampTask),
    keyUses: new KeyUses(),
    secrets: options.secrets,
    tokenUses: new TokenUses(),
    apiLog: new ApiLog(),
    scimLog: new ScimLog(),
    rejectedRedirects: new RejectedRedirects(),
    snapshotLimit: new SnapshotLimit(),
    wakeWebhooks: () => runner.wake(deliverTask),
    webhookRules: { secrets: options.secrets, allowPrivate: options.development },
    postWebhook,
    wakeLogStreams: () => runner.wake(streamTask),
    logStreams: {
      secrets: options.secrets,
      outlets,
      allowPrivate: options.development,
      allowFiles: logStreamFolder !== undefined,
    },
    resolveTxt: options.resolveTxt ?? resolveTxt,
    fetchText: guardedFetch({ allowPrivate: options.development }),
    oauth: new OAuthServers(guardedTransport({ allowPrivate: options.development }), clock),
    signingKeys: new SigningKeyCache(
      (environment, purpose) => readSigningKeys(db, environment, purpose, options.secrets),
      clock,
    ),
    signInLimits: new SignInLimits(db, clock),
    baseUrl: options.baseUrl,
    development: options.development,
  }
  const flushLogs = async () => {
    await deps.apiLog.flush(db)
    await deps.scimLog.flush(db)
    await deps.rejectedRedirects.flush(db)
  }
  const flushUses = async () => {
    await deps.keyUses.flush(db)
    await deps.tokenUses.flush(db)
  }
  const onTaskError = (task: string, error: unknown) =>
    server.log.error({ err: error, task }, 'a background task failed')
  const webhooks = new WebhookWorker(
    {
      db,
      clock,
      wake: deps.wake,
      secrets: options.secrets,
      postWebhook,
      random: Math.random,
      operators: options.operatorEmails ?? [],
      stagingRetries: options.stagingWebhookRetries ?? 'days',
    },
    (error) => onTaskError(deliverTask, error),
    () => runner.wake(deliverTask),
  )
  const logStreams = new LogStreamWorker(
    { db, clock, secrets: options.secrets, outlets, random: Math.random },
    (error) => onTaskError(streamTask, error),
  )
  const role = options.role ?? 'all'
  const jobs = {
    ...deps,
    flushUses,
    flushLogs,
    webhooks,
    logStreams,
    eventsRetentionDays: options.eventsRetentionDays,
    postMail,
  }
  const runner: Runner = new Runner(
    role === 'api' ? apiTasks(jobs) : backgroundTasks(jobs, (task) => runner.wake(task)),
    onTaskError,
  )

  await limitPublicRoutes(server, options.publicRequestsPerMinute ?? 1200)
  const migrations = await readMigrations()
  healthRoutes(server, () => pendingMigrations(db.pool, migrations))
  if (role !== 'worker') {
    openDoors(server, deps, packageJson.version)
    if (options.development) mailboxPages(server, deps)
    if (options.development && options.testIdp)
      testIdpRoutes(server, {
        ...options.testIdp,
        clock,
        fetch: globalThis.fetch,
        origins: [options.baseUrl],
      })
  }

  return {
    server,
    deps,
    start: () => runner.start(),
    close: async (others) => {
      await Promise.all([server.close(), others?.()])
      await runner.stop()
      await webhooks.settle()
      await logStreams.stop()
      await postWebhook.close()
      await postBatch.close()
      smtp?.close()
      await flushUses()
      await flushLogs()
      await db.close()
    },
  }
}

const cannotSend: PostMail = async () => ({
  ok: false,
  error: 'No mail server is set: give GATEHOUSE_SMTP_URL and GATEHOUSE_MAIL_FROM.',
  final: false,
})
