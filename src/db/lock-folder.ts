import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { processState } from './process-state.ts'

/** Another process works on the data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
  readonly pid: number

  constructor(folder: string, pid: number) {
    super(`The data folder ${folder} is in use by process ${pid}. Stop that process, or choose another folder.`)
    this.pid = pid
  }
}

export interface FolderLock {
  release(): Promise<void>
}

/**
 * Takes a data folder for this process alone, until released or until the process ends however it ends: a lock whose
 * process is gone is taken over.
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'lock')
  const own = `${process.pid} ${(await processState(process.pid))?.startedAt ?? ''}\n`
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, own, { flag: 'wx', mode: 0o600 })
  try {
    // A link fails when the name exists, and never shows a half-written file.
    for (;;) {
      if (await linkIfFree(draft, path)) break
      const held = await readFile(path, 'utf8').catch(() => undefined)
      if (held === undefined) continue
      await refuseIfHeld(folder, held)
      await removeStale(path, held)
    }
  } finally {
    await rm(draft, { force: true })
  }
  return {
    async release() {
      if ((await readFile(path, 'utf8').catch(() => undefined)) === own) await rm(path, { force: true })
    },
  }
}

async function linkIfFree(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function refuseIfHeld(folder: string, held: string): Promise<void> {
  const [pidText = '', startedAt = ''] = held.trim().split(' ')
  const pid = Number(pidText)
  const holder = Number.isInteger(pid) && pid > 0 ? await processState(pid) : undefined
  // The same id with another start is a stranger: ids are reused, after a reboot almost surely.
  if (holder && (startedAt === '' || holder.startedAt === startedAt)) throw new FolderInUse(folder, pid)
}

/** Two processes may find the same stale lock; the slower must not remove the lock the faster has taken meanwhile. */
async function removeStale(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (!moved) return
  if ((await readFile(aside, 'utf8')) !== judged) await linkIfFree(aside, path)
  await rm(aside, { force: true })
}
