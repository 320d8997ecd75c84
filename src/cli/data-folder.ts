import { randomBytes } from 'node:crypto'
import { access, constants, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { FolderInUse, lockFolder } from '#db/lock-folder.ts'
import { newEncryptionKey, parseEncryptionKeys, Secrets } from '#protocols/envelope.ts'
import { exitCodes, Failure } from './failure.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** What dev keeps beside the database, each for its owner alone. */
export const dataFiles = {
  encryptionKey: 'encryption.key',
  apiKeys: 'api-keys.json',
  running: 'running.json',
  /** Signs what `listen` forwards; the same on every run. */
  listenSecret: 'listen.secret',
} as const

/** The folder as people would type it. */
export function shownFolder(folder: string): string {
  const short = relative(process.cwd(), folder)
  return short === '' || short.startsWith('..') ? folder : short
}

/**
 * Makes the folder when it is missing and takes it for this process.
 * @throws Failure when it cannot be used, or another Gatehouse uses it.
 */
export async function takeDataFolder(folder: string): Promise<{ release(): Promise<void> }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return await lockFolder(folder)
  } catch (error) {
    if (error instanceof FolderInUse) throw await inUse(folder, error)
    throw unusable(folder, error)
  }
}

/** The folder as it is; undefined when nothing was ever started on it. */
export async function hasData(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, 'postgres'))).isDirectory()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw unusable(folder, error)
  }
}

async function inUse(folder: string, { pid }: FolderInUse): Promise<Failure> {
  const url = (await readRunning(folder))?.url
  const where = url === undefined ? '' : ` and serves ${url}`
  return new Failure(
    exitCodes.folderInUse,
    `Another Gatehouse (process ${pid}) uses the data folder ${shownFolder(folder)}${where}. ` +
      'Stop it, or give this one a folder of its own with --data.',
  )
}

function unusable(folder: string, error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error)
  return new Failure(
    exitCodes.environment,
    `The data folder ${shownFolder(folder)} cannot be used: ${reason}. ` +
      'Give your user access to it, or choose another with --data.',
    [],
    { cause: error },
  )
}

/** The encryption keys of a development machine: from the file, which the first start makes. */
export async function readOrCreateSecrets(folder: string): Promise<{ secrets: Secrets; created: boolean }> {
  const path = join(folder, dataFiles.encryptionKey)
  const found = await readPrivateFile(path)
  if (found !== undefined) return { secrets: new Secrets(parseEncryptionKeys(found.trim())), created: false }
  const key = newEncryptionKey()
  await writePrivateFile(path, `${key}\n`)
  return { secrets: new Secrets(parseEncryptionKeys(key)), created: true }
}

type EnvironmentKind = 'staging' | 'production'

/** The API keys that dev prints. The database has only their hashes, and every start must show the same ones. */
export async function readApiKeys(folder: string): Promise<Partial<Record<EnvironmentKind, string>>> {
  const text = await readPrivateFile(join(folder, dataFiles.apiKeys))
  if (text === undefined) return {}
  try {
    const { staging, production } = JSON.parse(text) as Record<string, unknown> // checked below
    return {
      ...(typeof staging === 'string' ? { staging } : {}),
      ...(typeof production === 'string' ? { production } : {}),
    }
  } catch (error) {
    const path = shownFolder(join(folder, dataFiles.apiKeys))
    throw new Failure(exitCodes.environment, `${path} is damaged. Delete it: the next start makes new keys.`, [], {
      cause: error,
    })
  }
}

export async function writeApiKeys(folder: string, keys: Record<EnvironmentKind, string>): Promise<void> {
  await writePrivateFile(join(folder, dataFiles.apiKeys), `${JSON.stringify(keys, null, 2)}\n`)
}

export function randomApiKey(kind: EnvironmentKind): string {
  return `sk_${kind === 'production' ? 'live' : 'test'}_${randomBytes(24).toString('base64url')}`
}

/** How other commands reach the database while dev runs: only the process that holds the lock may start it. */
export interface Running {
  readonly pid: number
  readonly url: string
  readonly databaseUrl: string
}

export async function writeRunning(folder: string, running: Running): Promise<void> {
  await writePrivateFile(join(folder, dataFiles.running), `${JSON.stringify(running)}\n`)
}

/** What the last dev on the folder wrote; it may be gone, which is for the lock to say. */
export async function readRunning(folder: string): Promise<Running | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, dataFiles.running), 'utf8')) as Running // we wrote it
  } catch {
    return undefined
  }
}

export async function removeRunning(folder: string): Promise<void> {
  await rm(join(folder, dataFiles.running), { force: true })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
