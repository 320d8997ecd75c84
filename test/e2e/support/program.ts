import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export interface Program<T> {
  readonly ready: T
  /** Everything it printed so far, to show when a test fails. */
  output(): string
  stop(): Promise<void>
}

interface Start<T> {
  readonly arguments: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Reads a line of standard output; anything but undefined means that the program is up. */
  readonly readyFrom: (line: string) => T | undefined
}

/** Starts a script of ours with this Node and waits until it says that it is up. */
export async function startProgram<T>({ arguments: words, env, readyFrom }: Start<T>): Promise<Program<T>> {
  const child = spawn(process.execPath, words, {
    cwd: new URL('../../..', import.meta.url),
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const gone = once(child, 'exit')
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const lines = createInterface({ input: child.stdout })
  const up = new Promise<T>((resolve) =>
    lines.on('line', (line) => {
      output += `${line}\n`
      const ready = readyFrom(line)
      if (ready !== undefined) resolve(ready)
    }),
  )
  const ready = await Promise.race([
    up,
    gone.then(([code]) => Promise.reject(new Error(`${words.join(' ')} ended with ${code}:\n${output}`))),
  ])
  return {
    ready,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await gone
    },
  }
}

/** A port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A TCP server has an address with a port.')
  return address.port
}
