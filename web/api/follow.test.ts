import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { follow, type LiveState } from './follow.ts'

beforeEach(() => void vi.useFakeTimers())
beforeEach(() => void vi.stubGlobal('document', { visibilityState: 'visible' }))
afterEach(() => void vi.useRealTimers())
afterEach(() => void vi.unstubAllGlobals())

const environment = 'environment_one'

/** A page that shows one list of each tag, and the stream it follows. */
async function open(...tags: string[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 5000 } } })
  const reads = Object.fromEntries(tags.map((tag) => [tag, 0]))
  for (const tag of tags)
    new QueryObserver(client, {
      queryKey: [environment, tag, 'list'],
      queryFn: () => (reads[tag] = (reads[tag] ?? 0) + 1),
    }).subscribe(() => undefined)
  const streams: EventTarget[] = []
  const states: LiveState[] = []
  const connect = () => {
    const stream = Object.assign(new EventTarget(), { close: () => undefined, readyState: 1, CLOSED: 2 })
    streams.push(stream)
    return stream as unknown as EventSource // the parts that are used
  }
  const stop = follow({ environment, client, open: connect, onState: (state) => states.push(state) })
  await vi.advanceTimersByTimeAsync(0)
  return {
    reads,
    states,
    streams,
    stop,
    async tell(event: string, data: unknown = {}, waitMs = 2500) {
      streams
        .at(-1)
        ?.dispatchEvent(new MessageEvent(event, { data: typeof data === 'string' ? data : JSON.stringify(data) }))
      await vi.advanceTimersByTimeAsync(waitMs)
    },
  }
}

describe('when the stream begins', () => {
  test('where the readings began, nothing is read again', async () => {
    const { reads, states, tell } = await open('users', 'events')
    await tell('ready', { resumes: true })
    expect([reads, states]).toEqual([{ users: 1, events: 1 }, ['live']])
  })

  test.each([
    ['ready', { resumes: false }],
    ['ready', {}],
    ['ready', 'x'],
    ['ready', 'null'],
    ['reset', {}],
  ])('somewhere else, as %s %j says, everything is', async (event, data) => {
    const { reads, tell } = await open('users', 'events')
    await tell(event, data)
    expect(reads).toEqual({ users: 2, events: 2 })
  })

  test('for the second time, everything is: of some changes no event tells', async () => {
    const { reads, states, tell } = await open('users', 'events')
    await tell('ready', { resumes: true }, 0)
    await tell('error', {}, 0)
    await tell('ready', { resumes: true }, 0)
    expect([reads, states]).toEqual([{ users: 2, events: 2 }, ['live', 'reconnecting', 'live']])
  })
})

test('a stream that was refused is asked for again, and nobody asks twice', async () => {
  const { streams, states, tell, stop } = await open('users')
  await tell('ready', { resumes: true }, 0)
  await tell('error', {}, 3000)
  expect(streams, 'the browser is at it').toHaveLength(1)
  Object.assign(streams[0] ?? {}, { readyState: 2 })
  await tell('error', {}, 6000)
  expect(streams).toHaveLength(2)
  await tell('ready', { resumes: true }, 6000)
  expect([streams.length, states.at(-1)]).toEqual([2, 'live'])
  await tell('error', {}, 0)
  stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(streams).toHaveLength(2)
})

test('as long as there is no stream the page looks by itself', async () => {
  const { reads, states, tell } = await open('users')
  await tell('error', {}, 3000)
  expect([reads, states]).toEqual([{ users: 2 }, ['connecting']])
})

test.each([
  ['log', { event: 'user.created' }, ['users', 'events', 'insights', 'overview']],
  ['log', { event: 'authentication.sso_failed' }, ['users', 'connections', 'events', 'insights', 'overview']],
  ['log', { event: 'new.kind' }, ['events', 'insights', 'overview']],
  ['log', 'not json', ['events', 'insights', 'overview']],
  ['scim', {}, ['directory-sync', 'overview']],
])('%s %j is read again where it shows', async (event, data, expected) => {
  const tags = ['users', 'connections', 'events', 'insights', 'directory-sync', 'overview']
  const { reads, tell } = await open(...tags)
  await tell('ready', { resumes: true })
  await tell(event, data)
  expect(tags.filter((tag) => reads[tag] === 2).toSorted()).toEqual(expected.toSorted())
})

test('counts are read every two seconds at most, however much happens', async () => {
  const { reads, tell } = await open('insights')
  await tell('ready', { resumes: true })
  for (let times = 0; times < 100; times += 1) await tell('log', { event: 'user.created' }, 0)
  await vi.advanceTimersByTimeAsync(1900)
  expect(reads['insights']).toBe(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(reads['insights']).toBe(2)
})
