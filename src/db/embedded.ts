import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import {
  type Account,
  explainSpawnFailure,
  findPrograms,
  firstClosedFolder,
  type Programs,
} from './embedded-programs.ts'
import { processState } from './process-state.ts'

export interface EmbeddedOptions {
  /** Where everything lives: the cluster, its password, its log. Made when missing. */
  readonly folder: string
  /** False trades safety against power cuts for speed: for databases that are thrown away. */
  readonly durable?: boolean
  /** Starts PostgreSQL again, on the same port, when it dies underneath. */
  readonly supervise?: boolean
  /** Called each time PostgreSQL dies without being asked to, or cannot be started again. */
  readonly onExit?: (exit: EmbeddedExit) => void
}

export interface EmbeddedExit {
  readonly reason: string
  readonly restarting: boolean
}

export interface EmbeddedServer {
  /** With the password in it: not for logs. */
  readonly url: string
  /** The folder held no database before. */
  readonly fresh: boolean
  /** PostgreSQL was running already, left behind by a process that was killed. */
  readonly adopted: boolean
  readonly pid: number
  stop(): Promise<void>
}

/** The data folder cannot be used, or PostgreSQL does not start on it. */
export class EmbeddedFailed extends Error {
  override readonly name = 'EmbeddedFailed'
}

/** PostgreSQL refuses to run as root; this is `nobody`, which exists everywhere. */
const nobody = { uid: 65_534, gid: 65_534 }
const name = 'gatehouse'
/** Long enough for crash recovery of a large database. */
const startDeadlineMs = 120_000
const stopDeadlineMs = 30_000
const longestBackOffMs = 5_000

/**
 * Starts the PostgreSQL that npm ships, or adopts one that still runs on the folder, and makes the database.
 * Callers hold lock-folder.ts's lock: one process per folder.
 * @throws EmbeddedUnavailable when there is none for this machine.
 * @throws EmbeddedFailed when the folder cannot be used or the server does not come up.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const home = await openHome(resolve(options.folder), options.durable ?? true)
  const running = await runningPostmaster(home)
  if (running) await ensureDatabase(home, running.port)
  const started = running ?? (await startOnFreePort(home))
  if (!running) await ensureDatabase(home, started.port)
  return new Embedded(home, started, options)
}

interface Home {
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
}

interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly adopted: boolean
  /** Resolves when the process has ended, with how. */
  readonly ended: Promise<string>
}

class Embedded implements EmbeddedServer {
  readonly url: string
  readonly fresh: boolean
  readonly adopted: boolean
  readonly #home: Home
  readonly #options: EmbeddedOptions
  readonly #stopping = new AbortController()
  #postmaster: Postmaster
  #restarting: Promise<void> | undefined

  constructor(home: Home, postmaster: Postmaster, options: EmbeddedOptions) {
    this.url = urlOf(home, postmaster.port, name)
    this.fresh = home.fresh
    this.adopted = postmaster.adopted
    this.#home = home
    this.#options = options
    this.#postmaster = postmaster
    this.#watch(postmaster)
    // Covers process.exit and uncaught errors; only SIGKILL leaves a server behind, which the next start adopts.
    process.on('exit', this.#interrupt)
  }

  get pid(): number {
    return this.#postmaster.pid
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    process.off('exit', this.#interrupt)
    await this.#restarting
    const { pid, ended } = this.#postmaster
    // Fast shutdown, then shutdown without a checkpoint, then none at all: PostgreSQL recovers from either.
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      sendSignal(pid, signal)
      if (await endsWithin(ended, stopDeadlineMs)) return
    }
    throw new EmbeddedFailed(`PostgreSQL (process ${pid}) does not end.`)
  }

  readonly #interrupt = (): void => sendSignal(this.#postmaster.pid, 'SIGINT')

  #watch({ ended }: Postmaster): void {
    void ended.then((reason) => {
      if (this.#stopping.signal.aborted) return
      const restarting = this.#options.supervise ?? false
      this.#options.onExit?.({ reason, restarting })
      if (restarting) this.#restarting = this.#restart()
    })
  }

  async #restart(): Promise<void> {
    const { signal } = this.#stopping
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        this.#postmaster = await launch(this.#home, this.#postmaster.port)
        return this.#watch(this.#postmaster)
      } catch (error) {
        this.#options.onExit?.({ reason: messageOf(error), restarting: true })
      }
      await sleep(Math.min(100 * 2 ** attempt, longestBackOffMs), undefined, { signal }).catch(() => undefined)
    }
  }
}

async function openHome(folder: string, durable: boolean): Promise<Home> {
  const data = join(folder, 'postgres')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const account = await accountFor(data)
    await letIn(folder, account)
    const programs = await findPrograms(folder, account)
    const dataPath = await pathForAccount(folder, account)
    const draft = { folder, data, dataPath, log: join(folder, 'postgres.log'), account, programs, durable }
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
    `--username=${name}`,
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

function settings({ durable }: Home): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '32MB',
    max_wal_size: '256MB',
    jit: 'off',
    io_method: 'sync',
    huge_pages: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors of statements quote what users typed; the server's own log is about the server.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
}

async function startOnFreePort(home: Home): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(home, await freePort())
    } catch (error) {
      // Somebody took the port between our look and PostgreSQL's.
      if (attempt < 5 && messageOf(error).includes('Address already in use')) continue
      throw error
    }
  }
}

async function launch(home: Home, port: number): Promise<Postmaster> {
  await removeStalePid(home)
  const settingArgs = Object.entries(settings(home)).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const child = await spawnAs(home, home.programs.postgres, ['-D', home.dataPath, '-p', String(port), ...settingArgs])
  child.unref()
  const pid = child.pid ?? 0
  const ended = new Promise<string>((resolveEnd) => {
    child.once('exit', (code, signal) => resolveEnd(`PostgreSQL ended with ${signal ?? `status ${code}`}.`))
  })
  let end: string | undefined
  void ended.then((reason) => (end = reason))
  const deadline = Date.now() + startDeadlineMs
  while (Date.now() < deadline) {
    if (end !== undefined) throw new EmbeddedFailed(`${end} Its log ends:\n${await lastLines(home.log)}`)
    const found = await readPidFile(home)
    if (found?.pid === pid && found.status === 'ready') return { pid, port, adopted: false, ended }
    await sleep(10)
  }
  sendSignal(pid, 'SIGKILL')
  throw new EmbeddedFailed(`PostgreSQL does not get ready. Its log ends:\n${await lastLines(home.log)}`)
}

interface PidFile {
  readonly pid: number
  readonly port: number
  readonly status: string
}

/** postmaster.pid: process id, folder, start, port, socket folder, address, shared memory, status — a line each. */
async function readPidFile({ data }: Home): Promise<PidFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined)
  const lines = text?.split('\n').map((line) => line.trim())
  return lines && { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7] ?? '' }
}

async function isPostgres(pid: number): Promise<boolean> {
  const state = await processState(pid)
  return state !== undefined && (state.name === '' || state.name === 'postgres')
}

/** In a container ids repeat: PostgreSQL would take any process with the old id for its predecessor, and refuse. */
async function removeStalePid(home: Home): Promise<void> {
  const found = await readPidFile(home)
  if (found && !(await isPostgres(found.pid))) await rm(join(home.data, 'postmaster.pid'), { force: true })
}

/** A server that runs on this very folder; one that is starting or stopping is waited for. */
async function runningPostmaster(home: Home): Promise<Postmaster | undefined> {
  const deadline = Date.now() + startDeadlineMs
  let problem = 'It neither gets ready nor ends.'
  while (Date.now() < deadline) {
    const found = await readPidFile(home)
    if (!found || !(await isPostgres(found.pid))) return undefined
    if (found.status === 'ready') {
      try {
        if (await servesThisFolder(home, found.port))
          return { pid: found.pid, port: found.port, adopted: true, ended: endOfStranger(found.pid) }
        await rm(join(home.data, 'postmaster.pid'), { force: true })
        return undefined
      } catch (error) {
        // It may be shutting down; but a wrong password stays wrong.
        problem = messageOf(error)
        if (error instanceof pg.DatabaseError && error.code?.startsWith('28')) break
      }
    }
    await sleep(50)
  }
  throw new EmbeddedFailed(`A PostgreSQL runs on ${home.data}. ${problem} Stop it first.`)
}

/** The pid file of a copied folder names the original's server, which would answer with the original's data. */
async function servesThisFolder(home: Home, port: number): Promise<boolean> {
  const mark = randomBytes(16).toString('hex')
  const path = join(home.data, `mark-${mark}`)
  await writeFile(path, mark, { flag: 'wx', mode: 0o644 })
  try {
    const sql = `select pg_read_file('mark-${mark}', 0, 32, true) as mark`
    return (await query<{ mark: string | null }>(home, port, 'postgres', sql))[0]?.mark === mark
  } finally {
    await rm(path, { force: true })
  }
}

/** A process that is not our child cannot be waited for, only looked at. */
async function endOfStranger(pid: number): Promise<string> {
  while (await isPostgres(pid)) await sleep(250, undefined, { ref: false })
  return 'The adopted PostgreSQL is gone.'
}

async function ensureDatabase(home: Home, port: number): Promise<void> {
  const found = await query(home, port, 'postgres', `select from pg_database where datname = '${name}'`)
  if (found.length === 0) await query(home, port, 'postgres', `create database ${name} owner ${name}`)
}

async function query<Row extends pg.QueryResultRow>(
  home: Home,
  port: number,
  database: string,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: urlOf(home, port, database), connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // the query's own promise reports it
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

function urlOf({ password }: Home, port: number, database: string): string {
  return `postgres://${name}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolvePort(port))
    })
  })
}

async function run(home: Pick<Home, 'folder' | 'log' | 'account'>, program: string, args: string[]): Promise<void> {
  const child = await spawnAs(home, program, args)
  const status = await new Promise<string>((resolveEnd) => {
    child.once('exit', (code, signal) => resolveEnd(signal ?? String(code)))
  })
  if (status !== '0')
    throw new EmbeddedFailed(`${program} ended with ${status}. Its log ends:\n${await lastLines(home.log)}`)
}

/** Output goes to a file, which outlives us as the server may; and the terminal's Ctrl-C is for us, not for it. */
async function spawnAs(
  { folder, log, account }: Pick<Home, 'folder' | 'log' | 'account'>,
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
      env: process.platform === 'win32' ? process.env : { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', output.fd, output.fd, ...(inherited ? [inherited.fd] : [])],
    })
    await new Promise<void>((resolveSpawn, reject) => {
      child.once('spawn', resolveSpawn)
      child.once('error', (error) => reject(explainSpawnFailure(program, error)))
    })
    return child
  } finally {
    await output.close()
    await inherited?.close()
  }
}

async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-6).join('\n')
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, which is what every caller wants.
  }
}

async function endsWithin(ended: Promise<string>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false)
  const result = await Promise.race([ended.then(() => true), late])
  timer.abort()
  return result
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
