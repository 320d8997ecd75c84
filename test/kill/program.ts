import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Process, startGatehouse } from '../cli/gatehouse.ts'

/** Gatehouse with its own PostgreSQL, both to be killed; always at the same address, as a service would be. */
export interface Program {
  readonly url: string
  readonly apiKey: string
  readonly clientId: string
  /** kill -9 of the server, and a new one on what it left, PostgreSQL included. */
  killAndRestart(): Promise<void>
  /** kill -9 of PostgreSQL's main process. Starting it again is the server's business. */
  killPostgres(): Promise<void>
}

/** `gatehouse dev` on a folder that is gone after the test. */
export async function startProgram(): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-kill-'))
  const port = await freePort()
  const start = async () => {
    const started = startGatehouse(['dev', '--json', '--no-example', '--port', String(port), '--data', folder])
    return { process: started, line: JSON.parse(await started.firstLine) as { apiKey: string; clientId: string } } // dev's own words
  }
  let running: Process | undefined
  onTestFinished(async () => {
    await running?.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const first = await start()
  running = first.process
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey: first.line.apiKey,
    clientId: first.line.clientId,
    async killAndRestart() {
      running?.signal('SIGKILL')
      await running?.ended
      running = undefined
      running = (await start()).process
    },
    async killPostgres() {
      const [pid] = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
