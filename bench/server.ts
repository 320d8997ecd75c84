/** Gatehouse in a process of its own, with one environment. Started by the benches. */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { newId } from '#db/new-id.ts'
import { change } from '#db/work.ts'
import { createApiKey } from '#domain/environments/api-keys.ts'
import { createEnvironment } from '#domain/environments/create.ts'
import { generateFirstKeys } from '#domain/environments/signing-keys.ts'
import { Secrets } from '#protocols/envelope.ts'
import { createApp } from '../src/app.ts'
import { childOptions, tellParent } from './child.ts'
import { parsedEventRoute } from './parsed-events.ts'

export interface ServerReady {
  readonly url: string
  readonly environment: string
  readonly clientId: string
  readonly apiKey: string
}

/** A development server delivers to this machine. */
const { databaseUrl, development = false } = childOptions<{ databaseUrl: string; development?: boolean }>()
const secrets = new Secrets([randomBytes(32)])
const app = await createApp({
  databaseUrl,
  baseUrl: 'http://gatehouse.test',
  secrets,
  development,
  logger: false,
  trustProxy: false,
  poolSize: 10,
  publicRequestsPerMinute: 1_000_000_000,
})
parsedEventRoute(app.server, app.deps)
await app.server.listen({ host: '127.0.0.1', port: 0 })
app.start()

const { port } = app.server.server.address() as AddressInfo // it listens on a port
const scope = { environment: newId('environment', new Date()) }
const keys = await generateFirstKeys()
const ready = await change(app.deps, scope, async (work): Promise<ServerReady> => {
  const environment = await createEnvironment(work, secrets, { name: 'Bench', kind: 'staging' }, keys)
  const { value: apiKey } = await createApiKey(work, 'staging', { name: 'Bench' })
  return { url: `http://127.0.0.1:${port}`, environment: environment.id, clientId: environment.client_id, apiKey }
})
tellParent(ready)
