import { setTimeout as sleep } from 'node:timers/promises'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { Runner } from '#jobs/runner.ts'
import { backgroundTasks, stampTask } from '#jobs/tasks.ts'
import { type Append, type Design, naiveDesign, ourDesign, Rejected } from './append-designs.ts'
import { startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { inTurns, median, pairedRatio, quantile } from './rounds.ts'

const writerCounts = [16, 64] as const
const rounds: Record<Size, number> = { quick: 3, default: 6, full: 12 }
const commitsARound = 1500
const stressCommits: Record<Size, number> = { quick: 2000, default: 10_000, full: 100_000 }
const entities = 2000
const pollMs = 5

interface Run {
  readonly perSecond: number
  readonly databaseMs: number
  readonly visibleMs: readonly number[]
  /** Acknowledged and never read; read more than once; read though rolled back; a change read before an earlier one of the same entity. */
  readonly missed: number
  readonly doubled: number
  readonly phantom: number
  readonly inverted: number
}

/** The unit of work with its event beside the sequence everybody writes first, while a reader polls with a cursor. */
export async function append(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const url = await postgres.database('append')
  const open = (poolSize: number): Database => {
    const database = openDatabase({ url, poolSize, onError: (error) => console.error(error) })
    undo.defer(() => database.close())
    return database
  }
  const writers = open(Math.max(...writerCounts))
  const reader = open(2)
  await writers.pool.query(`create table bench_entities (id integer primary key, version integer not null)`)
  await writers.pool.query('insert into bench_entities select n, 0 from generate_series(0, $1::int - 1) as n', [
    entities,
  ])

  const runner = startStamping(open(1))
  undo.defer(() => runner.stop())
  const environment: EnvironmentId = 'environment_bench'
  const designs = {
    gatehouse: await ourDesign(writers, reader, environment, () => runner.wake(stampTask)),
    naive: await naiveDesign(writers, reader, environment),
  }
  const run = (name: keyof typeof designs, count: number, commits: number, stress: boolean) =>
    runOnce(designs[name], { writers: count, commits, stress }, () => postgres.processorMs())

  const rows: (string | number)[][] = []
  const targets: Report['targets'][number][] = []
  const add = (name: string, what: string, runs: readonly Run[], ratio: number) => {
    const sum = (field: 'missed' | 'doubled' | 'phantom' | 'inverted') =>
      runs.reduce((total, each) => total + each[field], 0)
    const visible = runs.flatMap((each) => each.visibleMs)
    rows.push([
      `${name}, ${what}`,
      median(runs.map(({ perSecond }) => perSecond)),
      ratio,
      median(runs.map(({ databaseMs }) => databaseMs)),
      quantile(visible, 0.5),
      quantile(visible, 0.99),
      sum('missed'),
      sum('doubled') + sum('phantom'),
      sum('inverted'),
    ])
    if (name !== 'gatehouse') return
    const wrong = sum('missed') + sum('doubled') + sum('phantom') + sum('inverted')
    targets.push({ what: `${what}: missed, doubled, undone, inverted`, measured: wrong, unit: 'events', most: 0 })
    targets.push({ what: `${what}: commit to visible, p99`, measured: quantile(visible, 0.99), unit: 'ms', most: 50 })
  }
  for (const count of writerCounts) {
    await run('gatehouse', count, commitsARound / 2, false)
    await run('naive', count, commitsARound / 2, false)
    const results = await inTurns(rounds[size], {
      gatehouse: () => run('gatehouse', count, commitsARound, false),
      naive: () => run('naive', count, commitsARound, false),
    })
    const [ours, theirs] = [results.gatehouse, results.naive].map((runs) => runs.map(({ perSecond }) => perSecond))
    const ratio = pairedRatio(ours ?? [], theirs ?? [])
    add('gatehouse', `${count} writers`, results.gatehouse, ratio)
    add('naive', `${count} writers`, results.naive, 1)
    targets.push({
      what: `${count} writers: commits a second, of the naive design’s`,
      measured: ratio,
      unit: '×',
      least: 0.9,
    })
  }
  const what = `${stressCommits[size].toLocaleString('en')} commits, some slow, some undone`
  const stressed = await run('gatehouse', 64, stressCommits[size], true)
  const naive = await run('naive', 64, stressCommits[size], true)
  add('gatehouse', what, [stressed], stressed.perSecond / naive.perSecond)
  add('naive', what, [naive], 1)
  return {
    head: ['', 'commits/s', '× naive', 'database CPU ms', 'visible p50 ms', 'p99 ms', 'missed', 'doubled', 'inverted'],
    rows,
    targets,
  }
}

/** The background task of the server, and nothing else of it. */
function startStamping(db: Database): Runner {
  const unused = () => Promise.reject(new Error('not part of this bench'))
  const deps = { db, clock: () => new Date(), wake: () => undefined, fetchText: unused, flushKeyUses: unused }
  const runner = new Runner(
    backgroundTasks(deps).filter(({ name }) => name === stampTask),
    (_task, error) => console.error(error),
  )
  runner.start()
  return runner
}

let made = 0

async function runOnce(
  design: Design,
  { writers, commits, stress }: { writers: number; commits: number; stress: boolean },
  databaseMs: () => number,
): Promise<Run> {
  const acknowledged = new Map<number, number>()
  const seen: { number: number; entity: number; version: number; at: number }[] = []
  let writing = true
  const poll = async () => {
    for (;;) {
      const last = !writing
      const page = await design.readNext()
      const at = performance.now()
      for (const event of page) seen.push({ ...event, at })
      // A page that was asked for after the last commit and is empty: there is no more.
      if (page.length === 0 && last) return
      if (page.length === 0) await sleep(pollMs)
    }
  }
  const before = databaseMs()
  const polling = poll()
  const begin = performance.now()
  let left = commits
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (left-- > 0) {
        const number = ++made
        const change: Append = {
          number,
          entity: Math.floor(Math.random() * entities),
          fails: stress && Math.random() < 0.05,
          pauseMs: stress && Math.random() < 0.1 ? Math.floor(Math.random() * 30) : 0,
        }
        try {
          await design.append(change)
          acknowledged.set(number, performance.now())
        } catch (error) {
          if (!(error instanceof Rejected)) throw error
        }
      }
    }),
  )
  const seconds = (performance.now() - begin) / 1000
  writing = false
  await polling
  return {
    perSecond: acknowledged.size / seconds,
    databaseMs: (databaseMs() - before) / commits,
    visibleMs: seen.flatMap(({ number, at }) => at - (acknowledged.get(number) ?? Number.NaN)),
    ...compare(acknowledged, seen),
  }
}

function compare(
  acknowledged: ReadonlyMap<number, number>,
  seen: readonly { number: number; entity: number; version: number }[],
): Pick<Run, 'missed' | 'doubled' | 'phantom' | 'inverted'> {
  const numbers = new Set(seen.map(({ number }) => number))
  const versions = new Map<number, number>()
  let inverted = 0
  for (const { entity, version } of seen) {
    if (version < (versions.get(entity) ?? 0)) inverted++
    versions.set(entity, version)
  }
  return {
    missed: [...acknowledged.keys()].filter((number) => !numbers.has(number)).length,
    doubled: seen.length - numbers.size,
    phantom: [...numbers].filter((number) => !acknowledged.has(number)).length,
    inverted,
  }
}
