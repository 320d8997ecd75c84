import { type ChildProcess, spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { EmbeddedFailed } from './errors.ts'
import type { Home } from './home.ts'
import { explainSpawnFailure } from './programs.ts'

export async function run(
  home: Pick<Home, 'folder' | 'log' | 'account' | 'onSpawned'>,
  program: string,
  args: string[],
): Promise<void> {
  const child = await spawnAs(home, program, args)
  const status = await new Promise<string>((resolveEnd) => {
    child.once('exit', (code, signal) => resolveEnd(signal ?? String(code)))
  })
  if (status !== '0')
    throw new EmbeddedFailed(`${program} ended with ${status}. Its log ends:\n${await lastLines(home.log)}`)
}

/** Output goes to a file, which outlives us as the server may; and the terminal's Ctrl-C is for us, not for it. */
export async function spawnAs(
  { folder, log, account, onSpawned }: Pick<Home, 'folder' | 'log' | 'account' | 'onSpawned'>,
  program: string,
  args: string[],
): Promise<ChildProcess> {
  const output = await open(log, 'a', 0o600)
  const inherited = process.platform === 'win32' ? undefined : await open(folder, 'r')
  try {
    const child = spawn(program, args, {
      ...account,
      cwd: folder,
      detached: true,
      windowsHide: true,
      // Nothing of ours: PGDATA, PGPORT and the like would change what PostgreSQL does, and secrets are not its business.
      ...(process.platform === 'win32' ? {} : { env: { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' } }),
      stdio: ['ignore', output.fd, output.fd, ...(inherited ? [inherited.fd] : [])],
    })
    await new Promise<void>((resolveSpawn, reject) => {
      child.once('spawn', resolveSpawn)
      child.once('error', (error) => reject(explainSpawnFailure(program, error)))
    })
    onSpawned?.()
    return child
  } finally {
    await output.close()
    await inherited?.close()
  }
}

export async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-6).join('\n')
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, which is what every caller wants.
  }
}
