import type { Server } from 'node:http'
import { join } from 'node:path'
import type { Environment } from '#contracts/environments.ts'
import { migrate } from '#db/migrate.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import type { SeedDeps } from '#domain/seeds/apply.ts'
import { type BootstrapDeps, bootstrap, type Bootstrapped, ensureRedirectUri } from '#domain/seeds/bootstrap.ts'
import { connectTestIdp } from '#domain/seeds/test-connection.ts'
import { parseEncryptionKeys, Secrets } from '#protocols/envelope.ts'
import { builtInSlug, testIdpMetadataUrl } from '#test-idp/addresses.ts'
import type { App, AppOptions } from '../app.ts'
import { type Config, emailsOf } from '../settings.ts'
import type { Invocation } from './command.ts'
import {
  hasData,
  readOrCreateSecrets,
  removeRunning,
  shownFolder,
  takeDataFolder,
  writeRunning,
} from './data-folder.ts'
import { checkPinnedKey, type DevKeys, ensureDevKeys } from './dev-keys.ts'
import type { Ready } from './dev-summary.ts'
import { closeServer, drain } from './drain.ts'
import { hasExample, startExample } from './example-app.ts'
import { findLoopbackPort, listenOnLoopback } from './loopback.ts'
import { smtpOf } from './smtp-settings.ts'
import type { Steps } from './steps.ts'

const drainLimitMs = 10_000

/**
 * Starts everything dev consists of, in the order it depends on each other.
 * @param undo gets how to stop each part, also when a later one fails.
 * @param onAnswered is told of every request.
 */
export async function bringUp(
  { config, terminal }: Invocation,
  steps: Steps,
  undo: AsyncDisposableStack,
  onAnswered?: AppOptions['onAnswered'],
): Promise<{ ready: Ready; app: App }> {
  const started = performance.now()
  checkPinnedKey(config.apiKey)
  const lock = await takeDataFolder(config.data)
  undo.defer(() => lock.release())
  const port = await findLoopbackPort(config.port)
  // The program loads while the database starts.
  const appModule = import('../app.ts')
  appModule.catch(() => undefined) // awaited below, unless something else fails first
  const databaseUrl = await steps.run('database', () => startDatabase(config, undo), await slowDatabase(config))
  const secrets = await steps.run('keys', () => findSecrets(config))
  const url = config.baseUrl ?? `http://localhost:${port}`
  const testIdpUrl = `http://127.0.0.1:${port}`
  const { createApp } = await appModule
  const app = await createApp({
    databaseUrl,
    baseUrl: url,
    secrets,
    development: true,
    testIdp: { baseUrl: testIdpUrl, folder: join(config.data, 'test-idp') },
    logger: loggerOf(config),
    onAnswered,
    trustProxy: config.trustProxy,
    poolSize: config.poolSize,
    eventsRetentionDays: config.eventsRetentionDays,
    logStreamFolder: config.logStreamFolder,
    datadogIntake: intakeOf(config),
    smtp: smtpOf(config),
    operatorEmails: emailsOf(config.operatorEmails),
  })
  const servers = [app.server.server]
  undo.defer(() => stopServing(app, servers))
  const { staging, fresh, keys } = await prepare(app, secrets, config, steps)
  servers.push(await listenOnLoopback(app.server, port))
  app.start()
  await connectTestIdp(app.deps, staging.id, testIdpMetadataUrl(testIdpUrl, builtInSlug), fresh)
  const { seed } = config
  if (seed !== undefined) await steps.run('seed', () => applySeedFile(app.deps, seed, staging))
  await writeRunning(config.data, { pid: process.pid, url, databaseUrl })
  undo.defer(() => removeRunning(config.data))
  const client = { apiKey: keys.staging, clientId: staging.client_id }
  const example = { ...client, server: new URL(`http://localhost:${port}`) }
  const exampleUrl = await bringUpExample(config, example, steps, undo, (line) => {
    if (!config.quiet && !config.json) terminal.line(terminal.style('dim', `  example app: ${line}`))
  })
  const data = shownFolder(config.data)
  const seconds = (performance.now() - started) / 1000
  return {
    app,
    ready: { url, port, testIdpUrl: `${testIdpUrl}/test-idp/`, exampleUrl, ...client, data, seconds },
  }
}

/** One address stands for every site of Datadog. */
function intakeOf({ datadogIntake }: Config): AppOptions['datadogIntake'] {
  return datadogIntake === undefined ? undefined : () => datadogIntake
}

async function stopServing(app: App, servers: readonly Server[]): Promise<void> {
  const [, ...others] = servers
  const close = async () => void (await Promise.all([app.close(), ...others.map(closeServer)]))
  await drain(servers, close, drainLimitMs)
}

/** Brings the database up to date and makes what every start needs to find in it. */
async function prepare(
  app: App,
  secrets: Secrets,
  config: Config,
  steps: Steps,
): Promise<Bootstrapped & { readonly keys: DevKeys }> {
  await steps.run('migrations', async () => {
    const applied = await migrate(app.deps.db.pool)
    return { detail: applied.length === 0 ? 'up to date' : `${applied.length} applied`, value: undefined }
  })
  await checkSealed(app.deps.db, secrets)
  const environments = await steps.run('environments', () => findEnvironments({ ...app.deps, secrets }, config))
  return { ...environments, keys: await ensureDevKeys(app.deps, config.data, environments, config.apiKey) }
}

type Said<T> = Promise<{ detail: string; value: T }>

async function startDatabase({ databaseUrl, data }: Config, undo: AsyncDisposableStack): Said<string> {
  if (databaseUrl !== undefined) return { detail: 'DATABASE_URL', value: databaseUrl }
  const { startEmbedded } = await import('#db/embedded.ts')
  const server = await startEmbedded({ folder: data, supervise: true })
  undo.defer(() => server.stop())
  const how = server.fresh ? 'made' : server.adopted ? 'found running' : 'started'
  return { detail: `${shownFolder(data)} (embedded PostgreSQL, ${how})`, value: server.url }
}

async function slowDatabase({ databaseUrl, data }: Config): Promise<string | undefined> {
  return databaseUrl === undefined && !(await hasData(data)) ? 'making it, first run only, a few seconds' : undefined
}

async function findSecrets({ encryptionKey, data }: Config): Said<Secrets> {
  if (encryptionKey !== undefined)
    return { detail: 'GATEHOUSE_ENCRYPTION_KEY', value: new Secrets(parseEncryptionKeys(encryptionKey)) }
  const { secrets, created } = await readOrCreateSecrets(data)
  return { detail: `encryption key ${created ? 'made' : 'read'} in ${shownFolder(data)}`, value: secrets }
}

async function findEnvironments(deps: BootstrapDeps, { examplePort }: Config): Said<Bootstrapped> {
  const homepageUrl = `http://localhost:${examplePort}`
  const redirectUri = `${homepageUrl}/callback`
  const found = await bootstrap(deps, { redirectUri, homepageUrl })
  await ensureRedirectUri(deps, found.staging, redirectUri)
  const detail = found.fresh ? 'Staging and Production made, with org_test_idp' : 'Staging, Production'
  return { detail, value: found }
}

async function applySeedFile(deps: SeedDeps, file: string, staging: Environment): Said<undefined> {
  const { partsOf, readSeedFile, countSteps } = await import('./seed.ts')
  const { applySeed } = await import('#domain/seeds/apply.ts')
  const described = await readSeedFile(file)
  const steps = []
  for (const part of await partsOf(deps.db, described, staging))
    steps.push(...(await applySeed(deps, part.environment, part.seed)).steps)
  const leftOut = described.ignored.length === 0 ? '' : `; left out, see gatehouse seed: ${described.ignored.length}`
  return { detail: `${shownFolder(file)}: ${countSteps(steps)}${leftOut}`, value: undefined }
}

async function bringUpExample(
  { example, examplePort }: Config,
  server: { readonly server: URL; readonly apiKey: string; readonly clientId: string },
  steps: Steps,
  undo: AsyncDisposableStack,
  onLine: (line: string) => void,
): Promise<string | undefined> {
  if (!example || !hasExample()) return undefined
  try {
    return await steps.run('example app', async () => {
      const app = await startExample({
        ...server,
        port: examplePort,
        onLine,
        onExit: (how) => steps.warn('example app', how),
      })
      undo.defer(() => app.stop())
      return { detail: app.url, value: app.url }
    })
  } catch (error) {
    // Everything else works without it.
    steps.warn('example app', error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** Log lines would stand between the lines for programs and for people: only what went wrong is worth it. */
function loggerOf({ json, quiet, logLevel }: Config): AppOptions['logger'] {
  if (json) return false
  return { level: logLevel ?? (quiet ? 'fatal' : 'error') }
}
