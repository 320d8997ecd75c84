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
import type { Config } from '../settings.ts'
import type { Command, Invocation } from './command.ts'
import {
  hasData,
  readOrCreateSecrets,
  removeRunning,
  shownFolder,
  takeDataFolder,
  writeRunning,
} from './data-folder.ts'
import { checkPinnedKey, ensureDevKeys } from './dev-keys.ts'
import { jsonLine, printSummary, type Ready } from './dev-summary.ts'
import { drain } from './drain.ts'
import { hasExample, startExample } from './example-app.ts'
import { exitCodes, Failure } from './failure.ts'
import { findLoopbackPort, listenOnLoopback } from './loopback.ts'
import { Steps } from './steps.ts'
import { listenForStop } from './stop-signal.ts'

const drainLimitMs = 10_000

export const dev: Command = {
  name: 'dev',
  usage: '',
  summary: 'Runs everything on this machine, for this machine alone.',
  notes: [
    'The first start makes a database, keys, two environments and a test organization in the data folder;',
    'later starts keep them. Nothing is reachable from other machines.',
  ],
  words: [0, 0],
  settings: [
    'port',
    'data',
    'databaseUrl',
    'baseUrl',
    'encryptionKey',
    'apiKey',
    'seed',
    'example',
    'examplePort',
    'poolSize',
    'trustProxy',
    'logLevel',
    'quiet',
    'json',
  ],
  options: {},
  run: runDev,
}

async function runDev(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const stop = listenForStop()
  const silent = config.quiet || config.json
  try {
    await using undo = new AsyncDisposableStack()
    const { ready, app } = await bringUp(invocation, new Steps(terminal, silent, stop.requested), undo)
    if (config.json) terminal.line(jsonLine(ready))
    else if (config.quiet) terminal.line(ready.url)
    else printSummary(terminal, ready, app.server)
    await stop.wait
    if (!silent) terminal.line('\n  Stopping.')
  } catch (error) {
    // Stopped while starting: what was begun is undone, and there is nothing to complain about.
    if (error !== stop.requested.reason) throw error
  }
  if (!silent) terminal.line(`  Stopped. Your data is in ${shownFolder(config.data)}.`)
}

async function bringUp(
  { config, terminal }: Invocation,
  steps: Steps,
  undo: AsyncDisposableStack,
): Promise<{ ready: Ready; app: App }> {
  const started = performance.now()
  checkPinnedKey(config.apiKey)
  requireLoopback(config.host)
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
  const app = await (
    await appModule
  ).createApp({
    databaseUrl,
    baseUrl: url,
    secrets,
    development: true,
    testIdp: { baseUrl: testIdpUrl, folder: join(config.data, 'test-idp') },
    logger: loggerOf(config),
    trustProxy: config.trustProxy,
    poolSize: config.poolSize,
  })
  let second: Awaited<ReturnType<typeof listenOnLoopback>> | undefined
  undo.defer(async () => {
    await drain(app.server, second ? [second] : [], () => app.close(), drainLimitMs)
  })
  await steps.run('migrations', async () => {
    const applied = await migrate(app.deps.db.pool)
    return { detail: applied.length === 0 ? 'up to date' : `${applied.length} applied`, value: undefined }
  })
  await checkSealed(app.deps.db, secrets)
  const deps = { ...app.deps, secrets }
  const environments = await steps.run('environments', () => findEnvironments(deps, config))
  const keys = await ensureDevKeys(deps, config.data, environments, config.apiKey)
  second = await listenOnLoopback(app.server, port)
  app.start()
  const seeded = config.seed
  const exactly = { ...deps, baseUrl: url }
  await connectTestIdp(
    exactly,
    environments.staging.id,
    testIdpMetadataUrl(testIdpUrl, builtInSlug),
    environments.fresh,
  )
  if (seeded !== undefined) await steps.run('seed', () => applySeedFile(exactly, seeded, environments.staging))
  await writeRunning(config.data, { pid: process.pid, url, databaseUrl })
  undo.defer(() => removeRunning(config.data))
  const clientId = environments.staging.client_id
  const exampleUrl = await bringUpExample(
    config,
    { server: new URL(`http://localhost:${port}`), apiKey: keys.staging, clientId },
    steps,
    undo,
    (line) => {
      if (!config.quiet && !config.json) terminal.line(terminal.style('dim', `  example app: ${line}`))
    },
  )
  const seconds = (performance.now() - started) / 1000
  return {
    app,
    ready: {
      url,
      port,
      testIdpUrl: `${testIdpUrl}/test-idp/`,
      exampleUrl,
      apiKey: keys.staging,
      clientId,
      data: shownFolder(config.data),
      seconds,
    },
  }
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

/** The keys it prints and the identity provider that lets anybody in are for nobody else. */
function requireLoopback(host: string | undefined): void {
  if (host === undefined || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return
  throw new Failure(
    exitCodes.userError,
    `dev is for this machine alone and cannot listen on ${host}. Use "gatehouse start" to serve others.`,
  )
}
