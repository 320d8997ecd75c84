import type { Database } from '#db/database.ts'
import { migrate, pendingMigrations, readMigrations } from '#db/migrate.ts'
import { authenticateApiKey } from '#domain/environments/api-keys.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import { bootstrap } from '#domain/seeds/bootstrap.ts'
import { parseEncryptionKeys, Secrets } from '#protocols/envelope.ts'
import { createApp } from '../app.ts'
import type { LoadedConfig } from '../config.ts'
import { type Config, emailsOf } from '../settings.ts'
import type { Command, Invocation } from './command.ts'
import { drain } from './drain.ts'
import { exitCodes, Failure } from './failure.ts'
import { explainListen } from './loopback.ts'
import { findWeakSettings } from './safe-settings.ts'
import { smtpOf } from './smtp-settings.ts'
import { listenForStop } from './stop-signal.ts'

/** Below the 30 s that container platforms wait before they kill. */
const drainLimitMs = 25_000
const defaultHost = '0.0.0.0'

export const start: Command = {
  name: 'start',
  usage: '',
  summary: 'Runs the server for others.',
  notes: [
    'Needs DATABASE_URL, BASE_URL with https, and GATEHOUSE_ENCRYPTION_KEY; names everything that is not safe.',
    'TLS ends at a proxy in front of it. Several may share one database. SIGTERM finishes requests in flight.',
    'With --role worker it listens for /healthz and /readyz alone; with --role api somebody else has to be the worker.',
    'The first API key comes from: gatehouse keys create NAME --environment production',
    'The first owner of the dashboard comes from: gatehouse dashboard invite EMAIL',
  ],
  words: [0, 0],
  settings: [
    'port',
    'host',
    'databaseUrl',
    'baseUrl',
    'encryptionKey',
    'poolSize',
    'role',
    'migrate',
    'trustProxy',
    'eventsRetentionDays',
    'logStreamFolder',
    'smtpUrl',
    'mailFrom',
    'operatorEmails',
    'stagingWebhookRetries',
    'logLevel',
  ],
  options: {},
  run: runStart,
}

async function runStart({ config, origins }: Invocation): Promise<void> {
  const { databaseUrl, baseUrl, secrets } = requireSafe(config, origins)
  const stop = listenForStop()
  await using undo = new AsyncDisposableStack()
  const app = await createApp({
    databaseUrl,
    baseUrl,
    secrets,
    development: false,
    role: config.role,
    logger: { level: config.logLevel ?? 'info' },
    trustProxy: config.trustProxy,
    poolSize: config.poolSize,
    eventsRetentionDays: config.eventsRetentionDays,
    logStreamFolder: config.logStreamFolder,
    smtp: smtpOf(config),
    operatorEmails: emailsOf(config.operatorEmails),
    stagingWebhookRetries: config.stagingWebhookRetries,
  })
  undo.defer(async () => {
    const finished = await drain([app.server.server], () => app.close(), drainLimitMs)
    app.server.log.info({ finished }, 'stopped')
  })
  const applied = await prepareDatabase(app.deps.db.pool, config.migrate)
  if (applied.length > 0) app.server.log.info({ applied }, 'migrated')
  await checkSealed(app.deps.db, secrets)
  await refusePublishedKey(app.deps.db)
  const { fresh } = await bootstrap({ ...app.deps, secrets })
  if (fresh) app.server.log.info('made the environments Staging and Production; make an API key: gatehouse keys create')
  await app.server.listen({ host: config.host ?? defaultHost, port: config.port }).catch((error: unknown) => {
    throw explainListen(error, config.port)
  })
  app.start()
  app.server.log.info({ baseUrl, role: config.role }, 'ready')
  await stop.wait
  app.server.log.info('stopping')
}

interface Safe {
  readonly databaseUrl: string
  readonly baseUrl: string
  readonly secrets: Secrets
}

function requireSafe(config: Config, origins: LoadedConfig['origins']): Safe {
  const problems = findWeakSettings(config, origins)
  const { databaseUrl, baseUrl, encryptionKey } = config
  if (problems.length > 0 || databaseUrl === undefined || baseUrl === undefined || encryptionKey === undefined)
    throw new Failure(exitCodes.userError, 'These settings are not safe to serve others with.', problems)
  return { databaseUrl, baseUrl, secrets: new Secrets(parseEncryptionKeys(encryptionKey)) }
}

/** The key that examples of emulators use everywhere. A database that was for development may still let it in. */
const publishedKey = 'sk_test_default'

async function refusePublishedKey(db: Database): Promise<void> {
  const found = await authenticateApiKey(db, publishedKey, new Date())
  if (found)
    throw new Failure(
      exitCodes.userError,
      `Anybody can guess the API key ${publishedKey}, and this database accepts it. Run: gatehouse keys revoke ${found.api_key_id}`,
    )
}

async function prepareDatabase(pool: Parameters<typeof migrate>[0], mayMigrate: boolean): Promise<string[]> {
  if (mayMigrate) return migrate(pool)
  const pending = await pendingMigrations(pool, await readMigrations())
  if (pending.length === 0) return []
  throw new Failure(
    exitCodes.environment,
    `The database waits for ${pending.length} migrations, and migrate is off. Run "gatehouse migrate" first.`,
    pending,
  )
}
