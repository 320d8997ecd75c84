import { setTimeout as sleep } from 'node:timers/promises'
import { type Pool } from 'undici'
import { patch, person } from '../test/support/scim.ts'
import { runSql } from '../test/support/run-sql.ts'
import { type Child, startChild } from './child.ts'
import { fillDirectory, userName } from './fill-directory.ts'
import { callApi, poolTo } from './http.ts'
import { type BenchPostgres, startPostgres } from './postgres.ts'
import { residentMiB } from './processor-time.ts'
import type { Report, Size, Target } from './report.ts'
import { closedLoop, inTurns, median, pairedRatio, quantile } from './rounds.ts'
import { connectDirectory, eq, group, type Send, sendTo } from './scim-directories.ts'
import type { ScimYardstickReady } from './scim-yardstick.ts'
import type { ServerReady } from './server.ts'
import { type Timed, timed } from './timed.ts'

const concurrency = 8
/** One may make 500 requests a second: what the server can do shows in many. */
const directories = 16
const people = 1_000
const membersAtOnce = 10_000
const rounds: Record<Size, number> = { quick: 3, default: 6, full: 12 }
const roundMs: Record<Size, number> = { quick: 1_000, default: 2_000, full: 4_000 }
/** V8 has compiled a path after some twenty thousand requests: what a server does that has just started is another measure. */
const warmUpMs = 6_000
const steadySeconds: Record<Size, number> = { quick: 5, default: 20, full: 60 }
const largeGroups: Record<Size, number> = { quick: 3, default: 7, full: 15 }
const steadyPerSecond = 500
const tickMs = 20
const pollMs = 5

/** Of what the lean program gets done. */
const share = 0.85

interface Directory {
  readonly send: Send
  /** People are called after it: `-1` and so on. */
  readonly template: string
}

/** What is measured, and what it is held against. */
interface Side {
  readonly child: Child<unknown>
  readonly directories: readonly Directory[]
}

/** Many identity providers at once, beside a lean program: how much they get done, and how soon their news can be read. */
export async function scimLoad(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const databaseUrl = await postgres.database('scim-load')
  const server = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), { databaseUrl })
  const { url, apiKey } = server.ready
  const pool = poolTo(undo, url, concurrency)
  const all: Directory[] = []
  for (let n = 0; n < directories; n++) {
    const send = await connectDirectory(pool, apiKey)
    const { id: template } = await send('POST', '/Users', person(`template-${n}@corp.example`))
    await fillDirectory(databaseUrl, template, n === 0 ? membersAtOnce : people, [])
    all.push({ send, template })
  }
  const sides = { gatehouse: { child: server, directories: all }, yardstick: await startYardstick(undo, postgres) }

  let made = 0
  const turn = (of: Side, milliseconds: number, request: Request) =>
    closedLoop(concurrency, milliseconds, async () => {
      const n = made++
      const at = of.directories[n % directories]
      if (at) await request(at, n)
    })
  const rows: (string | number)[][] = []
  const targets: Target[] = []
  let mostMemory = 0
  const measure = async (what: string, perRequest: number, request: Request) => {
    for (const side of Object.values(sides)) await turn(side, warmUpMs, request)
    const results = await inTurns(rounds[size], {
      gatehouse: () => timed(sides.gatehouse.child, postgres, () => turn(sides.gatehouse, roundMs[size], request)),
      yardstick: () => timed(sides.yardstick.child, postgres, () => turn(sides.yardstick, roundMs[size], request)),
    })
    const of = (name: keyof typeof results, field: keyof Timed) => results[name].map((result) => result[field])
    const processor = (name: keyof typeof results) =>
      results[name].map(({ serverMs, databaseMs }) => serverMs + databaseMs)
    const ratio = pairedRatio(of('gatehouse', 'perSecond'), of('yardstick', 'perSecond'))
    const memory = residentMiB(server.pid)
    mostMemory = Math.max(mostMemory, memory)
    rows.push([
      what,
      median(of('gatehouse', 'perSecond')) * perRequest,
      median(of('yardstick', 'perSecond')) * perRequest,
      ratio,
      median(of('gatehouse', 'serverMs')),
      median(of('gatehouse', 'databaseMs')),
      pairedRatio(processor('gatehouse'), processor('yardstick')),
      memory,
      '',
      '',
    ])
    targets.push({ what: `${what}, of the yardstick’s`, measured: ratio, unit: '×', least: share })
  }
  const one = (n: number) => userName(1 + (n % people))
  const rename = ({ send, template }: Directory, n: number) =>
    send('PATCH', `/Users/${template}-${1 + (n % people)}`, titleOf(`Title ${n}`))
  await measure('GET', 1, ({ send, template }, n) => send('GET', `/Users/${template}-${1 + (n % people)}`))
  await measure('filter by userName', 1, ({ send }, n) => send('GET', `/Users?filter=${eq('userName', one(n))}`))
  await measure('filter by address', 1, ({ send }, n) =>
    send('GET', `/Users?filter=${eq('emails[type eq "work"].value', one(n))}`),
  )
  await measure('page of 100', 1, ({ send }) => send('GET', '/Users?count=100'))
  await measure('create', 1, ({ send }, n) => send('POST', '/Users', person(`new-${n}@corp.example`)))
  await measure('PATCH', 1, rename)
  await measure('members added, 100 a PATCH', 100, async ({ send, template }, n) => {
    const { id } = await send('POST', '/Groups', group(`Group ${n}`))
    await send('PATCH', `/Groups/${id}`, membersOf(template, 100))
  })
  const atOnce = await inOneRequest(all, largeGroups[size])
  const memoryAtOnce = residentMiB(server.pid)
  const visible = await steadily(pool, poolTo(undo, url, 64), apiKey, all, steadySeconds[size])
  const memoryVisible = residentMiB(server.pid)
  return {
    head: [
      `SCIM, ${concurrency} at a time in ${directories} directories`,
      'a second',
      'yardstick',
      '×',
      'server CPU ms',
      'database CPU ms',
      'CPU ×',
      'memory MiB',
      'ms',
      'p99 ms',
    ],
    rows: [
      ...rows,
      [`${count(membersAtOnce)} members at once`, '', '', '', '', '', '', memoryAtOnce, median(atOnce), ''],
      [
        `from answer to event, ${steadyPerSecond} changes a second`,
        visible.length / steadySeconds[size],
        '',
        '',
        '',
        '',
        '',
        memoryVisible,
        median(visible),
        quantile(visible, 0.99),
      ],
    ],
    targets: [
      ...targets,
      { what: `${count(membersAtOnce)} members at once`, measured: median(atOnce), unit: 'ms', most: 1_000 },
      { what: 'from answer to event, p99', measured: quantile(visible, 0.99), unit: 'ms', most: 100 },
      {
        what: 'memory of the server, the most of it',
        measured: Math.max(mostMemory, memoryAtOnce, memoryVisible),
        unit: 'MiB',
        most: 200,
      },
    ],
  }
}

type Request = (at: Directory, n: number) => Promise<unknown>

/** The lean program with the same people in its directories. */
async function startYardstick(undo: AsyncDisposableStack, postgres: BenchPostgres): Promise<Side> {
  const databaseUrl = await postgres.database('scim-yardstick')
  const child = await startChild<ScimYardstickReady>(undo, new URL('./scim-yardstick.ts', import.meta.url), {
    databaseUrl,
  })
  const names = Array.from({ length: directories }, (_, n) => `directory-${n}`)
  const template = JSON.stringify({ ...person('template'), externalId: 'template' })
  await runSql(
    databaseUrl,
    `insert into people_y (directory, id, user_name_key, email_key, resource, created_at, updated_at)
     select 'directory-' || d, 'person-' || n, name, name, replace('${template}', 'template', name), now(), now()
     from generate_series(0, ${directories - 1}) d, generate_series(1, ${people}) n,
       lateral (select 'person-' || lpad(n::text, 8, '0') || '@corp.example' as name) as named`,
    `insert into totals_y select directory, count(*) from people_y group by directory`,
    'vacuum analyze',
  )
  const pool = poolTo(undo, child.ready.url, concurrency)
  return { child, directories: names.map((name) => ({ send: sendTo(pool, `/${name}`), template: 'person' })) }
}

async function inOneRequest([first]: readonly Directory[], times: number): Promise<number[]> {
  const took: number[] = []
  if (!first) return took
  for (let n = 0; n < times; n++) {
    const { id } = await first.send('POST', '/Groups', group(`All ${n}`))
    const begin = performance.now()
    await first.send('PATCH', `/Groups/${id}`, membersOf(first.template, membersAtOnce))
    took.push(performance.now() - begin)
  }
  return took
}

interface TitleEvents {
  readonly data: readonly { readonly id: string; readonly data: { readonly raw_attributes: { title?: string } } }[]
}

/**
 * So many changes a second, whatever the server makes of them, and a reader with a cursor.
 *
 * @returns for each change the time from its answer until it was read; none if it was read before.
 */
async function steadily(
  reading: Pool,
  writing: Pool,
  apiKey: string,
  all: readonly Directory[],
  seconds: number,
): Promise<number[]> {
  const writers = await Promise.all(
    all.map(async () => {
      const send = await connectDirectory(writing, apiKey)
      return { send, id: (await send('POST', '/Users', person('steady@corp.example'))).id }
    }),
  )
  const path = '/events?events=dsync.user.updated&limit=100'
  const newest = await callApi<TitleEvents>(reading, apiKey, `${path}&order=desc`)
  let after = newest.data[0]?.id ?? ''
  const answered = new Map<string, number>()
  const read = new Map<string, number>()
  const total = seconds * steadyPerSecond
  let isOver = false
  const poll = async () => {
    while (read.size < total && !isOver) {
      const { data } = await callApi<TitleEvents>(reading, apiKey, `${path}${after && `&after=${after}`}`)
      const at = performance.now()
      for (const event of data) {
        after = event.id
        const title = event.data.raw_attributes.title ?? ''
        if (title.startsWith('Steady ')) read.set(title, at)
      }
      if (data.length < 100) await sleep(pollMs)
    }
  }
  const polling = poll()
  const begin = performance.now()
  const sent: Promise<void>[] = []
  for (let n = 0; n < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * steadyPerSecond))
    for (; n < due; n++) {
      const writer = writers[n % writers.length]
      const title = `Steady ${n}`
      if (writer)
        sent.push(
          writer.send('PATCH', `/Users/${writer.id}`, titleOf(title)).then(() => {
            answered.set(title, performance.now())
          }),
        )
    }
    await sleep(tickMs)
  }
  await Promise.all(sent)
  // What is not there by now is lost.
  await Promise.race([polling, sleep(10_000)])
  isOver = true
  if (read.size < total) throw new Error(`${total - read.size} of ${total} changes were never read`)
  return [...answered].map(([title, at]) => Math.max(0, (read.get(title) ?? Number.NaN) - at))
}

const titleOf = (title: string) => patch({ op: 'replace', path: 'title', value: title })
const membersOf = (template: string, n: number) =>
  patch({ op: 'add', path: 'members', value: Array.from({ length: n }, (_, i) => ({ value: `${template}-${i + 1}` })) })
const count = (n: number) => n.toLocaleString('en')
