import { chmod, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exitCodes, Failure } from './failure.ts'

/** Permission bits that let anybody but the owner in. */
const othersMayRead = 0o077

/** Whether somebody besides its owner can read the file. Windows has no such bits; its folders are private already. */
export async function isReadableByOthers(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  return ((await stat(path)).mode & othersMayRead) !== 0
}

/**
 * Reads a file that holds secrets; undefined when there is none.
 * @throws Failure when others could have read it too, with the command that closes it.
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Failure(exitCodes.environment, `${path} cannot be read: ${error.message}`)
  })
  if (text !== undefined && (await isReadableByOthers(path)))
    throw new Failure(exitCodes.environment, `${path} can be read by others. Run: chmod 600 ${path}`)
  return text
}

/** Writes a file for its owner alone, whole or not at all: a crash must not leave half a key behind. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.new`
  await writeFile(draft, text, { mode: 0o600, flush: true })
  await chmod(draft, 0o600)
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** Without this the rename itself may not survive a power cut, and with the key everything sealed is lost. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
