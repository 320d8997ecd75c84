import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryMiB, processorMs, residentMiB } from './processor-time.ts'
import type { Report, Size } from './report.ts'
import { median } from './rounds.ts'

const bin = fileURLToPath(new URL('../bin/gatehouse.mjs', import.meta.url))
const rounds: Record<Size, number> = { quick: 2, default: 5, full: 10 }

interface Start {
  readonly readyMs: number
  readonly processorMs: number
  readonly residentMiB: number
  readonly memoryMiB: number
}

/** `gatehouse dev` from nothing, and again on what the first start left: until it says that it is ready. */
export async function start(size: Size): Promise<Report> {
  const starts: { first: Start[]; second: Start[] } = { first: [], second: [] }
  for (let round = 0; round < rounds[size]; round++) {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-start-'))
    try {
      starts.first.push(await startOnce(folder))
      starts.second.push(await startOnce(folder))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const of = (which: keyof typeof starts, field: keyof Start) => median(starts[which].map((each) => each[field]))
  return {
    head: ['gatehouse dev', 'ready ms', 'CPU ms', 'resident MiB', 'own share MiB'],
    rows: (['first', 'second'] as const).map((which) => [
      `${which} start`,
      of(which, 'readyMs'),
      of(which, 'processorMs'),
      of(which, 'residentMiB'),
      of(which, 'memoryMiB'),
    ]),
    targets: [
      { what: 'first start, with nothing there', measured: of('first', 'readyMs'), unit: 'ms', most: 2000 },
      { what: 'second start', measured: of('second', 'readyMs'), unit: 'ms', most: 800 },
    ],
  }
}

/** Times are the program's own and its database's; memory is the program's. */
async function startOnce(folder: string): Promise<Start> {
  const begin = performance.now()
  const child = spawn(process.execPath, [bin, 'dev', '--json', '--no-example', '--port', '0', '--data', folder], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = child.pid ?? 0
  try {
    await once(child.stdout, 'data')
    return {
      readyMs: performance.now() - begin,
      processorMs: processorMs(pid),
      residentMiB: residentMiB(pid),
      memoryMiB: memoryMiB(pid),
    }
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  }
}
