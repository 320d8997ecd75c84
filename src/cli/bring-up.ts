import { startEmbedded } from '#db/embedded.ts'
import { parseEncryptionKeys, Secrets } from '#protocols/envelope.ts'
import type { App, AppOptions } from '../app.ts'
import type { Config } from '../settings.ts'
import type { Invocation } from './command.ts'
import {
  hasData,
  readOrCreateSecrets,
  removeRunning,
  shownFolder,
  takeDataFolder,
  writeRunning,
} from './data-folder.ts'
import { checkPinnedKey } from './pinned-key.ts'
import type { Ready } from './dev-summary.ts'
import { hasExample, startExample } from './example-app.ts'
import { findLoopbackPort } from './loopback.ts'
import type { Said, Steps } from './steps.ts'

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
  const databaseUrl = await steps.run('database', () => startDatabase(config, undo), await slowDatabase(config))
  const secrets = await steps.run('keys', () => findSecrets(config))
  const url = config.baseUrl ?? `http://localhost:${port}`
  const testIdpUrl = `http://127.0.0.1:${port}`
  const { bringUpServer } = await loadServer()
  const { app, staging, apiKey } = await bringUpServer(
    { config, databaseUrl, secrets, port, url, testIdpUrl, onAnswered },
    steps,
    undo,
  )
  await writeRunning(config.data, { pid: process.pid, url, databaseUrl })
  undo.defer(() => removeRunning(config.data))
  const client = { apiKey, clientId: staging.client_id }
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

/** Thousands of modules: reading them keeps this process busy for about as long as PostgreSQL takes to start. */
const loadServer = () => import('./bring-up-server.ts')

async function startDatabase({ databaseUrl, data }: Config, undo: AsyncDisposableStack): Said<string> {
  if (databaseUrl !== undefined) return { detail: 'DATABASE_URL', value: databaseUrl }
  const onSpawned = () => void loadServer().catch(() => undefined) // whoever needs it is told
  const server = await startEmbedded({ folder: data, supervise: true, onSpawned })
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
