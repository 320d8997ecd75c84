import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type EmbeddedExit, type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '#db/embedded.ts'
import { EmbeddedFailed } from '#db/embedded/errors.ts'
import { EmbeddedUnavailable } from '#db/embedded/programs.ts'
import { runSql } from '../support/run-sql.ts'

async function newFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'data')
}

async function start(folder: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbedded({ folder, durable: false, ...options })
  onTestFinished(() => server.stop())
  return server
}

async function readOne(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined) // some of these connections are meant to die
  await client.connect()
  try {
    return Object.values((await client.query<pg.QueryResultRow>(sql)).rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

/** Starts test/support/hold-folder.ts and waits until it holds. */
async function holdFolder(folder: string): Promise<{ holder: ChildProcess; url: string; pid: number }> {
  const script = new URL('../support/hold-folder.ts', import.meta.url).pathname
  const holder = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: { url: string; pid: number } = JSON.parse(String((await once(holder.stdout, 'data'))[0]))
  return { holder, ...said }
}

/** A copy belongs to whoever copied; PostgreSQL wants its own user. */
async function giveTo(path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  const inside = await readdir(path, { recursive: true })
  for (const name of ['', ...inside]) await chown(join(path, name), uid, gid)
}

async function kill(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL')
  await once(process, 'exit')
}

describe('a first start', () => {
  test('goes on when a program ended while this process was busy with what it uses the time for', async () => {
    const folder = await newFolder()
    const nothing = new Int32Array(new SharedArrayBuffer(4))
    let spawned = 0
    // initdb has long ended when this process looks again.
    const onSpawned = () => void (++spawned === 1 && Atomics.wait(nothing, 0, 0, 3000))
    const server = await start(folder, { onSpawned })
    expect([server.fresh, spawned]).toEqual([true, 2])
    expect(await readOne(server.url, 'select 1')).toBe(1)
  })

  test('makes a database that only this machine and only the password can reach', async () => {
    const folder = await newFolder()
    const server = await start(folder)
    expect({ fresh: server.fresh, adopted: server.adopted }).toEqual({ fresh: true, adopted: false })
    expect(await readOne(server.url, 'select current_database()')).toBe('gatehouse')
    expect(await readOne(server.url, 'show listen_addresses')).toBe('127.0.0.1')
    expect(await readOne(server.url, 'show unix_socket_directories')).toBe('')

    const wrong = new URL(server.url)
    wrong.password = 'guess'
    await expect(readOne(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    expect((await stat(join(folder, 'postgres-password'))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o007).toBe(0)
  })

  test('syncs every commit unless told that the data is thrown away', async () => {
    const durable = await start(await newFolder(), { durable: true })
    expect(await readOne(durable.url, 'show fsync')).toBe('on')
    expect(await readOne(durable.url, 'show synchronous_commit')).toBe('on')
    expect(await readOne((await start(await newFolder())).url, 'show fsync')).toBe('off')
  })

  test('begins again after one that was interrupted', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'postgres.new', 'base'), { recursive: true })
    await writeFile(join(folder, 'postgres.new', 'PG_VERSION'), '18')
    expect((await start(folder)).fresh).toBe(true)
  })

  test("works below a folder that only its owner may enter, such as root's home", async () => {
    const closed = await newFolder()
    await mkdir(closed, { mode: 0o700 })
    const folder = join(closed, 'data')
    const server = await start(folder)
    await runSql(server.url, 'create table t (n int)', 'insert into t values (1)', 'checkpoint')
    await server.stop()
    expect(await readOne((await start(folder)).url, 'select n from t')).toBe(1)
  })

  test('names the folder when it cannot be used', async () => {
    const file = await newFolder()
    await writeFile(file, '')
    const refusal = startEmbedded({ folder: join(file, 'data') })
    await expect(refusal).rejects.toBeInstanceOf(EmbeddedFailed)
    await expect(refusal).rejects.toThrow(`The data folder ${join(file, 'data')} cannot be used`)
  })

  test('asks for DATABASE_URL on a platform npm has no PostgreSQL for', async () => {
    vi.spyOn(process, 'arch', 'get').mockReturnValue('riscv64')
    onTestFinished(() => void vi.restoreAllMocks())
    const refusal = startEmbedded({ folder: await newFolder() })
    await expect(refusal).rejects.toBeInstanceOf(EmbeddedUnavailable)
    await expect(refusal).rejects.toThrow('DATABASE_URL')
  })
})

describe('a later start', () => {
  test('finds what was written', async () => {
    const folder = await newFolder()
    const first = await start(folder)
    await runSql(first.url, 'create table t (n int)', 'insert into t values (7)')
    await first.stop()
    const second = await start(folder)
    expect({ fresh: second.fresh, adopted: second.adopted }).toEqual({ fresh: false, adopted: false })
    expect(await readOne(second.url, 'select n from t')).toBe(7)
  })

  test('adopts the server that a killed process left running', async () => {
    const folder = await newFolder()
    const { holder, url, pid } = await holdFolder(folder)
    await kill(holder)
    const server = await start(folder)
    expect(server).toMatchObject({ adopted: true, fresh: false, url, pid })
    expect(await readOne(server.url, 'select note from kept')).toBe('acknowledged')
    await server.stop()
    expect((await start(folder)).adopted).toBe(false)
  })

  test('does not adopt the server of the folder it was copied from', async () => {
    const folder = await newFolder()
    const original = await start(folder)
    await runSql(original.url, 'create table t (n int)', 'checkpoint')
    await cp(folder, `${folder}-copy`, { recursive: true, preserveTimestamps: true })
    await giveTo(`${folder}-copy/postgres`, await stat(`${folder}/postgres`))
    const copy = await start(`${folder}-copy`)
    expect(copy.adopted).toBe(false)
    expect(copy.pid).not.toBe(original.pid)
    await runSql(copy.url, 'insert into t values (1)')
    expect(await readOne(original.url, 'select count(*)::int from t')).toBe(0)
  })

  test('ignores a pid file that names a process which is no PostgreSQL', async () => {
    const folder = await newFolder()
    await (await start(folder)).stop()
    const lines = [process.pid, `${folder}/postgres`, 1, 1, '', '127.0.0.1', '', 'ready   ']
    await writeFile(join(folder, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`)
    expect((await start(folder)).adopted).toBe(false)
  })
})

describe('a server that dies underneath', () => {
  test('is started again on the same address, with everything committed', async () => {
    const exits: EmbeddedExit[] = []
    const server = await start(await newFolder(), { supervise: true, onExit: (exit) => exits.push(exit) })
    await runSql(server.url, 'create table t (n int)', 'insert into t values (1)')
    const before = server.pid
    process.kill(before, 'SIGKILL')
    await vi.waitUntil(() => server.pid !== before, { timeout: 15_000 })
    expect(await readOne(server.url, 'select n from t')).toBe(1)
    expect(exits[0]).toEqual({ reason: 'PostgreSQL ended with SIGKILL.', restarting: true })
  })

  test('is started again when it was adopted', async () => {
    const folder = await newFolder()
    const { holder, pid } = await holdFolder(folder)
    await kill(holder)
    const server = await start(folder, { supervise: true })
    process.kill(pid, 'SIGKILL')
    await vi.waitUntil(() => server.pid !== pid, { timeout: 15_000 })
    expect(await readOne(server.url, 'select note from kept')).toBe('acknowledged')
  })

  test('is only reported when nobody asked for supervision', async () => {
    const exits: EmbeddedExit[] = []
    const server = await start(await newFolder(), { onExit: (exit) => exits.push(exit) })
    process.kill(server.pid, 'SIGKILL')
    await expect.poll(() => exits).not.toEqual([])
    expect(exits).toEqual([{ reason: 'PostgreSQL ended with SIGKILL.', restarting: false }])
  })

  test('is not reported when it was stopped', async () => {
    const onExit = vi.fn<(exit: EmbeddedExit) => void>()
    const server = await start(await newFolder(), { supervise: true, onExit })
    await server.stop()
    expect(onExit).not.toHaveBeenCalled()
    await expect(readOne(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
