import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { FolderInUse, lockFolder } from '#db/lock-folder.ts'
import { processState } from '#db/process-state.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

async function sleeper(): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 60_000)'])
  await once(child, 'spawn')
  const kill = async () => {
    if (child.kill('SIGKILL')) await once(child, 'exit')
  }
  onTestFinished(kill)
  return { pid: child.pid ?? 0, kill }
}

async function expectFree(): Promise<void> {
  const lock = await lockFolder(folder)
  expect(await readFile(join(folder, 'lock'), 'utf8')).toContain(await lockFileOf(process.pid))
  await lock.release()
  expect(await readdir(folder)).toEqual([])
}

async function lockFileOf(pid: number): Promise<string> {
  return `${pid} ${(await processState(pid))?.startedAt ?? ''} `
}

test('a folder is taken once, and free again after release', async () => {
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(new FolderInUse(folder, process.pid))
  await lock.release()
  await (await lockFolder(folder)).release()
  expect(await readdir(folder)).toEqual([])
})

test('the refusal names the process that holds the folder', async () => {
  const { pid } = await sleeper()
  await writeFile(join(folder, 'lock'), await lockFileOf(pid))
  await expect(lockFolder(folder)).rejects.toMatchObject({ name: 'FolderInUse', pid })
})

test('the lock of a killed process is taken over', async () => {
  const { pid, kill } = await sleeper()
  await writeFile(join(folder, 'lock'), await lockFileOf(pid))
  await kill()
  await expectFree()
})

test.runIf(process.platform === 'linux')('a process that only has the same id does not hold the folder', async () => {
  const { pid } = await sleeper()
  await writeFile(join(folder, 'lock'), `${pid} 1\n`)
  await expectFree()
})

test('a lock file with nonsense in it holds nothing', async () => {
  await writeFile(join(folder, 'lock'), 'x')
  await expectFree()
})

test('of many that find a stale lock at once, one gets the folder', async () => {
  // Races need many tries to show.
  for (let round = 0; round < 30; round++) {
    await writeFile(join(folder, 'lock'), `999999999 1 ${round}\n`)
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)))
    const locks = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(locks).toHaveLength(1)
    for (const lock of locks) await lock.value.release()
  }
  expect(await readdir(folder)).toEqual([])
})
