import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

/** The oldest version we support. */
const oldestMajor = 15
/** Where Debian puts servers, a folder a version. */
const installRoot = '/usr/lib/postgresql'
const startLimitMs = 30_000

export interface InstalledPostgres {
  readonly major: number
  readonly folder: string
}

/** The oldest PostgreSQL of this machine that we support: the furthest from the embedded one. */
export async function findInstalledPostgres(): Promise<InstalledPostgres | undefined> {
  const names = await readdir(installRoot).catch(() => [])
  return names
    .map((name) => ({ major: Number(name), folder: join(installRoot, name, 'bin') }))
    .filter(({ major, folder }) => major >= oldestMajor && existsSync(join(folder, 'postgres')))
    .toSorted((a, b) => a.major - b.major)[0]
}

/** Starts it on a new cluster in a temporary folder, apart from the machine's own clusters. */
export async function startInstalledPostgres({ folder: programs }: InstalledPostgres) {
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {} // PostgreSQL refuses root; this is nobody
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-installed-'))
  const data = join(folder, 'data')
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await chmod(folder, 0o700)
  if (account.uid !== undefined) for (const path of [folder, passwordFile]) await chown(path, account.uid, account.gid)
  const options = { ...account, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } }
  await run(
    join(programs, 'initdb'),
    [
      ...['-D', data, '-U', 'gatehouse', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    ],
    options,
  )
  const port = await freePort()
  const settings = ['unix_socket_directories=', 'fsync=off', 'full_page_writes=off', 'jit=off', 'max_connections=100']
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const interrupt = () => void server.kill('SIGINT')
  process.once('exit', interrupt)
  const url = `postgres://gatehouse:${password}@127.0.0.1:${port}/postgres`
  const stop = async () => {
    process.off('exit', interrupt)
    server.kill('SIGINT')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitUntilReady(url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

async function waitUntilReady(url: string): Promise<void> {
  for (const deadline = Date.now() + startLimitMs; ; await sleep(50)) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined) // connect() reports it
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
