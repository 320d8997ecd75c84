import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./server-process.ts', import.meta.url))
/** What compiling the program gave: each kill is followed by another start. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/gatehouse', import.meta.url))

export interface SpawnedServer {
  readonly process: ChildProcess
  /** Where it listens; rejects when it ends before it does. */
  readonly url: Promise<string>
}

/** A server in a process of its own, to be killed. */
export function spawnServer(databaseUrl: string, key: Buffer, role = 'all'): SpawnedServer {
  const child = spawn(process.execPath, [program, databaseUrl, key.toString('base64'), role], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  })
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(`http://127.0.0.1:${chunk.toString().trim()}`))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  url.catch(() => undefined) // for those who kill it before it is up
  return { process: child, url }
}
