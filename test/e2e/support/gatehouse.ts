import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { databaseUrl, runSql } from '../../support/run-sql.ts'
import { freePort, startProgram } from './program.ts'

/** `gatehouse dev` with a data folder of its own, and where its application lives. */
export interface Gatehouse {
  readonly url: string
  readonly port: number
  /** On another site than `url` as browsers count: 127.0.0.1 against localhost. */
  readonly testIdpUrl: string
  readonly apiKey: string
  readonly clientId: string
  /** Where the application is to listen: `http://localhost:<appPort>/callback` is the default redirect URI. */
  readonly appPort: number
  /** Of the shared server; for what took days before a test begins. */
  readonly databaseUrl: string | undefined
  output(): string
  /** Stops it and starts it again, on the same port and data, and with a clock that is so much later than ours. */
  restart(laterMs?: number): Promise<void>
  stop(): Promise<void>
}

/**
 * @param database `shared` is one of its own on the server that all tests have, already migrated: it saves the start and
 *   every restart some seconds. `embedded` is what somebody has who installs it.
 */
export async function startGatehouse(database: 'shared' | 'embedded' = 'shared'): Promise<Gatehouse> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-e2e-'))
  const [port, appPort] = [await freePort(), await freePort()]
  const shared = database === 'shared' ? await copyTemplate() : undefined
  const settings = ['--port', String(port), '--data', folder, '--example-port', String(appPort)]
  const start = (laterMs = 0) =>
    startProgram({
      arguments: ['bin/gatehouse.mjs', 'dev', '--json', '--no-example', ...settings],
      env: {
        // Datadog itself would be off this machine: the application stands for it.
        GATEHOUSE_DATADOG_INTAKE: `http://localhost:${appPort}`,
        ...(shared && { DATABASE_URL: shared.url }),
        ...(laterMs !== 0 && { NODE_OPTIONS: clockAhead(laterMs) }),
      },
      readyFrom: (line) => readLine(line),
    })
  let program = await start()
  return {
    ...program.ready,
    port,
    testIdpUrl: `http://127.0.0.1:${port}/test-idp/default`,
    appPort,
    databaseUrl: shared?.url,
    output: () => program.output(),
    async restart(laterMs) {
      await program.stop()
      program = await start(laterMs)
    },
    async stop() {
      await program.stop()
      await shared?.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function copyTemplate(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const { url: server, template } = inject('databaseServer')
  const name = `gatehouse_e2e_${randomBytes(8).toString('hex')}`
  await runSql(server, `create database ${name} template ${template}`)
  return {
    url: databaseUrl(server, name),
    drop: () => runSql(server, `drop database ${name} with (force)`),
  }
}

function readLine(line: string): { url: string; apiKey: string; clientId: string } | undefined {
  if (!line.startsWith('{')) return undefined
  const value = JSON.parse(line) as Record<string, unknown> // checked field by field below
  const { url, apiKey, clientId } = value
  if (typeof url !== 'string' || typeof apiKey !== 'string' || typeof clientId !== 'string')
    throw new Error(`dev --json printed ${line}`)
  return { url, apiKey, clientId }
}

/** For programs whose clock is ahead, so that nobody has to wait for what takes hours. */
export function clockAhead(ms: number): string {
  return `--import=data:text/javascript,${encodeURIComponent(
    `const now=Date.now;Date=class extends Date{constructor(...a){super(...(a.length?a:[now()+${ms}]))}static now(){return now()+${ms}}}`,
  )}`
}
