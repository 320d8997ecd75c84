import type { Server } from 'node:http'
import { join } from 'node:path'
import type { Environment } from '#contracts/environments.ts'
import { migrate } from '#db/migrate.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import type { SeedDeps } from '#domain/seeds/apply.ts'
import { type BootstrapDeps, bootstrap, type Bootstrapped, ensureRedirectUri } from '#domain/seeds/bootstrap.ts'
import { connectTestIdp } from '#domain/seeds/test-connection.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { builtInSlug, testIdpMetadataUrl } from '#test-idp/addresses.ts'
import { type App, type AppOptions, createApp } from '../app.ts'
import { type Config, emailsOf } from '../settings.ts'
import { shownFolder } from './data-folder.ts'
import { type DevKeys, ensureDevKeys } from './dev-keys.ts'
import { closeServer, drain } from './drain.ts'
import { listenOnLoopback } from './loopback.ts'
import { smtpOf } from './smtp-settings.ts'
import type { Said, Steps } from './steps.ts'

const drainLimitMs = 10_000

/** Where the server of dev finds what was started before it, and where it is reached. */
export interface Surroundings {
  readonly config: Config
  readonly databaseUrl: string
  readonly secrets: Secrets
  readonly port: number
  readonly url: string
  readonly testIdpUrl: string
  /** Told of every request. */
  readonly onAnswered: AppOptions['onAnswered']
}

/** Brings the database up to date and starts the server on it, with what dev promises to have. */
export async function bringUpServer(
  { config, databaseUrl, secrets, port, url, testIdpUrl, onAnswered }: Surroundings,
  steps: Steps,
  undo: AsyncDisposableStack,
): Promise<{ readonly app: App; readonly staging: Environment; readonly apiKey: string }> {
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
    stagingWebhookRetries: config.stagingWebhookRetries,
  })
  const servers = [app.server.server]
  undo.defer(() => stopServing(app, servers))
  const { staging, fresh, keys } = await prepare(app, secrets, config, steps)
  servers.push(await listenOnLoopback(app.server, port))
  app.start()
  await connectTestIdp(app.deps, staging.id, testIdpMetadataUrl(testIdpUrl, builtInSlug), fresh)
  const { seed } = config
  if (seed !== undefined) await steps.run('seed', () => applySeedFile(app.deps, seed, staging))
  return { app, staging, apiKey: keys.staging }
}

/** One address stands for every site of Datadog. */
function intakeOf({ datadogIntake }: Config): AppOptions['datadogIntake'] {
  return datadogIntake === undefined ? undefined : () => datadogIntake
}

async function stopServing(app: App, servers: readonly Server[]): Promise<void> {
  const [, ...others] = servers
  await drain(servers, () => app.close(() => Promise.all(others.map(closeServer))), drainLimitMs)
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

/** Log lines would stand between the lines for programs and for people: only what went wrong is worth it. */
function loggerOf({ json, quiet, logLevel }: Config): AppOptions['logger'] {
  if (json) return false
  return { level: logLevel ?? (quiet ? 'fatal' : 'error') }
}
