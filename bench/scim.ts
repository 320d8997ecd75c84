import { patch, person } from '../test/support/scim.ts'
import { startChild } from './child.ts'
import { fillDirectory, userName } from './fill-directory.ts'
import { poolTo } from './http.ts'
import { startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { median } from './rounds.ts'
import { connectDirectory, eq, group, type Send } from './scim-directories.ts'
import type { ServerReady } from './server.ts'

const groupSizes: Record<Size, readonly number[]> = {
  quick: [100, 1000, 10_000],
  default: [100, 1000, 10_000, 100_000],
  full: [100, 1000, 10_000, 100_000],
}
const directorySizes: Record<Size, readonly [number, number]> = {
  quick: [1000, 20_000],
  default: [1000, 200_000],
  full: [1000, 1_000_000],
}
const rounds: Record<Size, number> = { quick: 60, default: 200, full: 400 }
const warmUps = 30
const flat = 1.2

/** One request of an identity provider, in a directory or a group of some size. */
type Case = (send: Send, n: number) => Promise<unknown>

/** What identity providers do all day, in a small directory and a large one, a small group and a large one. */
export async function scim(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const open = async (name: string, users: number, members: readonly number[]) => {
    const databaseUrl = await postgres.database(name)
    const { ready } = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), { databaseUrl })
    const send = await connectDirectory(poolTo(undo, ready.url, 1), ready.apiKey)
    const { id: template } = await send('POST', '/Users', person('template@corp.example'))
    const groups: { id: string; members: number }[] = []
    for (const count of members)
      groups.push({ ...(await send('POST', '/Groups', group(`Group of ${count}`))), members: count })
    await fillDirectory(databaseUrl, template, users, groups)
    return { send, template, groups }
  }

  const [few, many] = directorySizes[size]
  const sizes = groupSizes[size]
  const small = await open('scim-small', few, [])
  const large = await open('scim-large', Math.max(many, ...sizes), sizes)

  const directoryCases: Readonly<Record<string, Case>> = {
    'create a user': (send, n) => send('POST', '/Users', person(`new-${n}@corp.example`)),
    'look a user up by userName': (send, n) => send('GET', `/Users?filter=${eq('userName', userName(1 + (n % few)))}`),
    'look a user up by an address': (send, n) =>
      send('GET', `/Users?filter=${eq('emails[type eq "work"].value', userName(1 + (n % few)))}`),
    'look a user up by externalId': (send, n) =>
      send('GET', `/Users?filter=${eq('externalId', userName(1 + (n % few)))}`),
    'list a page of 100': (send) => send('GET', '/Users?count=100'),
    'list a page of 100, by cursor': (send) => send('GET', '/Users?count=100&cursor='),
    'change a title': (send, n) => send('PATCH', `/Users/${templateOf(send)}`, titleOf(n)),
  }
  const templates = new Map<Send, string>([
    [small.send, small.template],
    [large.send, large.template],
  ])
  const templateOf = (send: Send) => templates.get(send) ?? ''
  const rows: [string, string, number, string, number, number][] = []
  for (const [name, run] of Object.entries(directoryCases)) {
    const [one, other] = await inPairs(
      rounds[size],
      (n) => run(small.send, n),
      (n) => run(large.send, n),
    )
    rows.push([name, `${count(few)} users`, one, `${count(many)} users`, other, other / one])
  }
  const [smallest, ...others] = large.groups
  if (!smallest) throw new Error('There is a group.')
  for (const each of others) {
    const toggle = (groupId: string) => (n: number) =>
      large.send('PATCH', `/Groups/${groupId}`, memberOf(large.template, n % 2 === 0 ? 'add' : 'remove'))
    const [one, other] = await inPairs(rounds[size], toggle(smallest.id), toggle(each.id))
    const labels = [`group of ${count(smallest.members)}`, `group of ${count(each.members)}`] as const
    rows.push(['add or remove one member', labels[0], one, labels[1], other, other / one])
  }
  return {
    head: ['SCIM, ms, one at a time', 'in a', 'median', 'in a', 'median', 'ratio'],
    rows,
    targets: rows.map(([what, , , where, , measured]) => ({
      what: `${what}, ${where}`,
      measured,
      unit: '×',
      most: flat,
    })),
  }
}

/** The two in turn, so that whatever disturbs the machine disturbs both. */
async function inPairs(
  pairs: number,
  one: (n: number) => Promise<unknown>,
  other: (n: number) => Promise<unknown>,
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []]
  for (let pair = -warmUps; pair < pairs; pair++)
    for (const [i, run] of [one, other].entries()) {
      const begin = performance.now()
      await run(pair + warmUps)
      if (pair >= 0) times[i === 0 ? 0 : 1].push(performance.now() - begin)
    }
  return [median(times[0]), median(times[1])]
}

const titleOf = (n: number) => patch({ op: 'replace', path: 'title', value: `Title ${n}` })
const memberOf = (user: string, op: 'add' | 'remove') => patch({ op, path: 'members', value: [{ value: user }] })
const count = (n: number) => n.toLocaleString('en')
