import { readFile } from 'node:fs/promises'

/** What tells one process from a later one with the same id. */
export interface ProcessState {
  readonly name: string
  /** Clock ticks since boot; undefined where the system does not say. */
  readonly startedAt: string | undefined
}

/** Looks a process up by id; undefined when it is gone, or dead and only waiting for its parent to notice. */
export async function processState(pid: number): Promise<ProcessState | undefined> {
  if (process.platform !== 'linux') return isAlive(pid) ? { name: '', startedAt: undefined } : undefined
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // proc_pid_stat(5): `pid (name) state ppid …`, and a name may hold blanks and brackets; the start is field 22.
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return { name: text.slice(text.indexOf('(') + 1, close), startedAt: fields[19] }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
