import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { atEvenPace, paceMs } from './even-pace.ts'

/** Timers may fire a little early by this clock. */
const slack = 5

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act().catch(() => undefined)
  return performance.now() - start
}

test('an answer and a failure wait for the beat', async () => {
  const [answer, failure] = await Promise.all([
    timed(() => atEvenPace(() => Promise.resolve('done'))),
    timed(() => atEvenPace(() => Promise.reject(new Error('no')))),
  ])
  expect(answer).toBeGreaterThan(paceMs - slack)
  expect(failure).toBeGreaterThan(paceMs - slack)
})

test('work that misses a beat waits for the next', async () => {
  expect(await timed(() => atEvenPace(() => setTimeout(paceMs + 20)))).toBeGreaterThan(2 * paceMs - slack)
})

test('what was answered or thrown comes through', async () => {
  expect(await atEvenPace(() => Promise.resolve('done'))).toBe('done')
  await expect(atEvenPace(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('an answer that is only for whoever is who they say comes at once', async () => {
  expect(
    await timed(() =>
      atEvenPace(
        () => Promise.resolve('in'),
        (answer) => answer !== 'in',
      ),
    ),
  ).toBeLessThan(paceMs / 2)
})
