import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { processState } from '../process-state.ts'
import { EmbeddedFailed, messageOf } from './errors.ts'
import { databaseName, type Home } from './home.ts'
import { lastLines, sendSignal, spawnAs } from './spawn.ts'

/** Long enough for crash recovery of a large database. */
const startDeadlineMs = 120_000

export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly adopted: boolean
  /** Resolves when the process has ended, with how. */
  readonly ended: Promise<string>
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
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
}

export async function startOnFreePort(home: Home): Promise<Postmaster> {
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

export async function launch(home: Home, port: number): Promise<Postmaster> {
  await removeStalePid(home)
  const settingArgs = Object.entries(settings(home)).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const args = ['-D', home.dataPath, '-p', String(port), ...settingArgs]
  const { child, ended: exit } = await spawnAs(home, home.programs.postgres, args)
  child.unref()
  const pid = child.pid ?? 0
  const ended = exit.then(({ how }) => `PostgreSQL ended with ${how}.`)
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
export async function runningPostmaster(home: Home): Promise<Postmaster | undefined> {
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

export async function ensureDatabase(home: Home, port: number): Promise<void> {
  const found = await query(home, port, 'postgres', `select from pg_database where datname = '${databaseName}'`)
  if (found.length === 0) await query(home, port, 'postgres', `create database ${databaseName} owner ${databaseName}`)
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

export function urlOf({ password }: Home, port: number, database: string): string {
  return `postgres://${databaseName}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`
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
