import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/gatehouse.mjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Process {
  readonly pid: number
  /** Resolves with the first line on stdout; rejects when the process ends before it. */
  readonly firstLine: Promise<string>
  readonly ended: Promise<Ended>
  /** What it has written to stderr so far. */
  stderr(): string
  signal(signal: NodeJS.Signals): void
  /** Asks it to stop, and waits. */
  stop(): Promise<Ended>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
  /** Flags for Node itself. */
  readonly nodeFlags?: readonly string[]
}

/** Starts the real program, with nothing in its environment but what the test says. */
export function startGatehouse(args: readonly string[], options: RunOptions = {}): Process {
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), bin, ...args], {
    cwd: options.folder ?? tmpdir(),
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    void ended.then(({ code }) =>
      reject(new Error(`gatehouse ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)),
    )
  })
  firstLine.catch(() => undefined) // for those who only want to know how it ends
  return {
    pid: child.pid ?? 0,
    firstLine,
    ended,
    stderr: () => stderr,
    signal: (signal) => child.kill(signal),
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Runs a command to its end; one that does not end by itself is stopped with the test. */
export function runGatehouse(args: readonly string[], options?: RunOptions): Promise<Ended> {
  const started = startGatehouse(args, options)
  onTestFinished(async () => void (await started.stop()))
  return started.ended
}

export interface Dev extends Process {
  readonly url: string
  readonly apiKey: string
  readonly clientId: string
  readonly line: Readonly<Record<string, unknown>>
}

/** dev on a free port, without the example app, when it is ready. Stopped after the test unless the test stops it. */
export async function startDev(data: string, ...flags: string[]): Promise<Dev> {
  const started = startGatehouse(['dev', '--json', '--no-example', '--port', '0', '--data', data, ...flags])
  const line = JSON.parse(await started.firstLine) as { url: string; apiKey: string; clientId: string } // tests compare
  return { ...started, ...line, line }
}

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gatehouse-cli-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** A folder that is gone after the test. */
export async function folderForTest(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  return path
}

/** Another program on a port, until the test is over. */
export async function occupyPort(host: string): Promise<number> {
  // Whoever knocks hears nothing, and may leave.
  const server = createServer((socket) => socket.on('error', () => undefined).resume())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Waits for a condition; the test's own time limit ends the wait. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(25)
  }
}

/** What the server answers to GET; undefined when nobody listens. */
export async function statusOf(url: string): Promise<number | undefined> {
  try {
    return (await fetch(url)).status
  } catch {
    return undefined
  }
}
