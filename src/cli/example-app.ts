import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { environmentForChildren } from '../config.ts'

const script = fileURLToPath(new URL('../../examples/article/server.js', import.meta.url))
const startLimitMs = 15_000
const stopLimitMs = 3_000
/** Killed without warning, we cannot stop the example; it would keep the port from the next start. */
const endWithParent = 'data:text/javascript,process.once("disconnect",()=>process.exit())'

export interface ExampleOptions {
  readonly port: number
  readonly server: URL
  readonly apiKey: string
  readonly clientId: string
  /** Called for each line the app prints once it is up. */
  readonly onLine: (line: string) => void
  /** Called when it ends by itself. */
  readonly onExit: (how: string) => void
}

export interface ExampleApp {
  readonly url: string
  stop(): Promise<void>
}

/** Whether this installation has the example; packages for production leave it out. */
export function hasExample(): boolean {
  return existsSync(script)
}

/**
 * Starts the example app and waits until it answers.
 * @throws Error saying what it said last, when it does not.
 */
export async function startExample(options: ExampleOptions): Promise<ExampleApp> {
  const child = spawn(process.execPath, ['--import', endWithParent, script], {
    cwd: dirname(script),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...environmentForChildren(),
      PORT: String(options.port),
      GATEHOUSE_URL: options.server.origin,
      WORKOS_API_KEY: options.apiKey,
      WORKOS_CLIENT_ID: options.clientId,
      WORKOS_API_HOSTNAME: options.server.hostname,
      WORKOS_API_PORT: options.server.port,
      WORKOS_API_HTTPS: String(options.server.protocol === 'https:'),
    },
  })
  let isUp = false
  let lastLine = ''
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on('line', (line) => {
        if (line !== '') lastLine = line
        if (isUp) options.onLine(line)
      })
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? `status ${code}`}${lastLine === '' ? '' : `: ${lastLine}`}`
    if (isUp) options.onExit(ended)
  })
  const stop = async () => {
    isUp = false
    await end(child)
  }
  const deadline = Date.now() + startLimitMs
  while (ended === undefined && !(await answers(options.port))) {
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`did not answer on port ${options.port} within ${startLimitMs / 1000} s`)
    }
    await sleep(25)
  }
  if (ended !== undefined) throw new Error(ended)
  isUp = true
  return { url: `http://localhost:${options.port}`, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await gone
  clearTimeout(timer)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: 'localhost', port, autoSelectFamily: true })
    const settle = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
