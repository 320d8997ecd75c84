import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Account, findPrograms, firstClosedFolder, type Programs } from './programs.ts'
import { run } from './spawn.ts'
import { EmbeddedFailed } from './errors.ts'

/** The role that owns everything, and the database. */
export const databaseName = 'gatehouse'

/** PostgreSQL refuses to run as root; this is `nobody`, which exists everywhere. */
const nobody = { uid: 65_534, gid: 65_534 }
export interface Home {
  readonly folder: string
  readonly data: string
  /** The data folder as PostgreSQL is told it; see pathForAccount. */
  readonly dataPath: string
  readonly log: string
  readonly password: string
  readonly account: Account
  readonly programs: Programs
  readonly fresh: boolean
  readonly durable: boolean
  /** Told of every process that was started. */
  readonly onSpawned: (() => void) | undefined
}

export async function openHome(
  folder: string,
  { durable = true, onSpawned }: { readonly durable?: boolean; readonly onSpawned?: () => void },
): Promise<Home> {
  const data = join(folder, 'postgres')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const account = await accountFor(data)
    await letIn(folder, account)
    const programs = await findPrograms(folder, account)
    const dataPath = await pathForAccount(folder, account)
    const draft = { folder, data, dataPath, log: join(folder, 'postgres.log'), account, programs, durable, onSpawned }
    if (await isDirectory(data)) return { ...draft, fresh: false, password: await readPassword(folder) }
    return { ...draft, fresh: true, password: await createCluster(draft) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'path' in error)
      throw new EmbeddedFailed(
        `The data folder ${folder} cannot be used: ${error.message}. Make it writable, or choose another folder.`,
        { cause: error },
      )
    throw error
  }
}

/** An existing cluster keeps its owner; a new one made by root goes to nobody. */
async function accountFor(data: string): Promise<Account> {
  const us = process.getuid?.()
  if (us === undefined) return {}
  const owner = await stat(data).catch(() => undefined)
  if (us !== 0) {
    if (owner && owner.uid !== us)
      throw new EmbeddedFailed(
        `${data} belongs to user ${owner.uid}, and this process runs as user ${us}. ` +
          `Run it as the owner, or give it the folder: chown -R ${us} ${data}`,
      )
    return {}
  }
  if (owner?.uid === 0)
    throw new EmbeddedFailed(
      `${data} belongs to root, and PostgreSQL does not run as root. Run: chown -R ${nobody.uid}:${nobody.gid} ${data}`,
    )
  return owner ? { uid: owner.uid, gid: owner.gid } : nobody
}

/** The account must be able to pass through the folder; it need not list it, and nobody else gets in. */
async function letIn(folder: string, { uid, gid }: Account): Promise<void> {
  if (uid === undefined || gid === undefined) return
  const { uid: owner, gid: group, mode } = await stat(folder)
  if (owner === uid || (mode & 0o001) !== 0 || (group === gid && (mode & 0o010) !== 0)) return
  await chown(folder, owner, gid)
  await chmod(folder, (mode & 0o7777) | 0o010)
}

/**
 * The folder's own path, or, where the account may not enter what is above it (root's home), the inherited descriptor
 * that `inherited` opens: looking a name up in an open folder asks nothing of the folders above.
 */
async function pathForAccount(folder: string, account: Account): Promise<string> {
  const closed = await firstClosedFolder(folder, account)
  if (closed === undefined) return join(folder, 'postgres')
  if (process.platform === 'linux') return '/proc/self/fd/3/postgres'
  throw new EmbeddedFailed(
    `PostgreSQL does not run as root, and user ${account.uid} may not enter ${closed}. ` +
      'Choose a data folder elsewhere, or run as an ordinary user.',
  )
}

async function readPassword(folder: string): Promise<string> {
  return (await readFile(join(folder, 'postgres-password'), 'utf8')).trim()
}

/** Makes the cluster under another name first: a folder named `postgres` is always complete. */
async function createCluster(home: Omit<Home, 'password' | 'fresh'>): Promise<string> {
  const { folder, data, dataPath, account, programs, durable } = home
  const password = randomBytes(24).toString('hex')
  const passwordFile = join(folder, 'postgres-password')
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, password, { flag: 'wx', mode: 0o600, flush: true })
  const unfinished = `${data}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  if (account.uid !== undefined && account.gid !== undefined)
    for (const path of [passwordFile, unfinished]) await chown(path, account.uid, account.gid)
  await run(home, programs.initdb, [
    `--pgdata=${dataPath}.new`,
    `--username=${databaseName}`,
    `--pwfile=${dataPath}-password`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The builtin provider sorts and folds case the same on every system.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ])
  await rename(unfinished, data)
  return password
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
