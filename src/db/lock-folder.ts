import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
 * Takes a data folder for this process alone, until released or until the process ends however it ends: the lock of a
 * process that is gone is taken over.
 *
 * The lock is a file that names its holder. Removing a stale one would not be safe: between judging and removing, a
 * faster process may have put its own in place. So a dead holder's file stays, and its successor's file is named after
 * what it says. Only one process can make that file, because a hard link fails when the name exists.
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const own = `${process.pid} ${(await processState(process.pid))?.startedAt ?? ''} ${randomUUID()}\n`
  const draft = join(folder, `draft-${randomUUID()}`)
  await writeFile(draft, own, { flag: 'wx', mode: 0o600 })
  try {
    while (!(await claim(folder, draft, own)));
  } finally {
    await rm(draft, { force: true })
  }
  const path = join(folder, first)
  return {
    async release() {
      if ((await read(path)) === own) await rm(path, { force: true })
    },
  }
}

const first = 'lock'

/** One attempt; false when others moved and it must be tried again. */
async function claim(folder: string, draft: string, own: string): Promise<boolean> {
  const end = await endOfChain(folder)
  if (end.holder !== undefined) throw new FolderInUse(folder, end.holder)
  if (!(await linkIfFree(draft, end.path))) return false
  // The chain we walked may have been replaced while we did; then our file hangs on nothing.
  if ((await read((await endOfChain(folder)).path)) !== own) {
    await rm(end.path, { force: true })
    return false
  }
  await rename(end.path, join(folder, first))
  for (const name of await readdir(folder))
    if (name.startsWith(`${first}.`)) await rm(join(folder, name), { force: true })
  return true
}

/** Follows the dead to the file of a living holder, or to the name that the next holder's file gets. */
async function endOfChain(folder: string): Promise<{ path: string; holder?: number }> {
  let path = join(folder, first)
  for (;;) {
    const text = await read(path)
    if (text === undefined) return { path }
    const holder = await livingHolder(text)
    if (holder !== undefined) return { path, holder }
    path = join(folder, `${first}.${createHash('sha256').update(text).digest('hex')}`)
  }
}

async function livingHolder(text: string): Promise<number | undefined> {
  const [pidText = '', startedAt = ''] = text.split(' ')
  const pid = Number(pidText)
  const state = Number.isInteger(pid) && pid > 0 ? await processState(pid) : undefined
  // The same id with another start is a stranger: ids are reused, after a reboot almost surely.
  return state && (startedAt === '' || state.startedAt === startedAt) ? pid : undefined
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

function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
