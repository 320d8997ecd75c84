import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LastingSource } from './lasting-source.ts'

/** The browser's own, as far as it matters here. */
class FakeSource extends EventTarget {
  static readonly opened: FakeSource[] = []
  readonly CLOSED = 2
  readonly url: string
  readyState = 0

  constructor(url: string) {
    super()
    this.url = url
    FakeSource.opened.push(this)
  }

  fail(readyState: number): void {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }

  close(): void {
    this.readyState = 2
  }
}

beforeEach(() => void vi.useFakeTimers())
beforeEach(() => void vi.stubGlobal('EventSource', FakeSource))
afterEach(() => void FakeSource.opened.splice(0))
afterEach(() => void vi.useRealTimers())
afterEach(() => void vi.unstubAllGlobals())

test('an answer that is no stream is asked for again, and the next one is listened to alike', () => {
  const heard: string[] = []
  const source = new LastingSource('/live?after=7')
  source.addEventListener('log', ({ data }) => heard.push(data))
  source.addEventListener('error', () => heard.push('lost'))
  FakeSource.opened[0]?.fail(2)
  expect(FakeSource.opened).toHaveLength(1)
  vi.advanceTimersByTime(3000)
  FakeSource.opened[1]?.dispatchEvent(new MessageEvent('log', { data: 'seven' }))
  FakeSource.opened[1]?.fail(2)
  vi.advanceTimersByTime(3000)
  FakeSource.opened[2]?.dispatchEvent(new MessageEvent('log', { data: 'eight' }))
  expect(heard).toEqual(['lost', 'seven', 'lost', 'eight'])
  expect(FakeSource.opened.map(({ url }) => url)).toEqual(Array.from({ length: 3 }, () => '/live?after=7'))
})

test('a connection that was lost is left to the browser, which comes back by itself', () => {
  const source = new LastingSource('/live')
  FakeSource.opened[0]?.fail(0)
  vi.advanceTimersByTime(60_000)
  expect(FakeSource.opened).toHaveLength(1)
  source.close()
})

test('nothing is asked any more once it is closed', () => {
  const source = new LastingSource('/live')
  FakeSource.opened[0]?.fail(2)
  source.close()
  vi.advanceTimersByTime(60_000)
  expect(FakeSource.opened).toHaveLength(1)
})
