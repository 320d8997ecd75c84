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
  const { ended } = await spawnAs(home, program, args)
  const { code, how } = await ended
  if (code !== 0) throw new EmbeddedFailed(`${program} ended with ${how}. Its log ends:\n${await lastLines(home.log)}`)
}

interface Spawned {
  readonly child: ChildProcess
  /** Resolves when it has ended, also if that was before anybody asked. */
  readonly ended: Promise<{ readonly code: number | null; readonly how: string }>
}

/** Output goes to a file, which outlives us as the server may; and the terminal's Ctrl-C is for us, not for it. */
export async function spawnAs(
  { folder, log, account, onSpawned }: Pick<Home, 'folder' | 'log' | 'account' | 'onSpawned'>,
  program: string,
  args: string[],
): Promise<Spawned> {
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
    const ended = new Promise<Awaited<Spawned['ended']>>((resolveEnd) => {
      child.once('exit', (code, signal) => resolveEnd({ code, how: signal ?? `status ${code}` }))
    })
    await new Promise<void>((resolveSpawn, reject) => {
      child.once('spawn', resolveSpawn)
      child.once('error', (error) => reject(explainSpawnFailure(program, error)))
    })
    onSpawned?.()
    return { child, ended }
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
