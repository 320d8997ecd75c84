import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Runner, type Task } from './runner.ts'

function counted(change: Partial<Task> = {}) {
  const runs: number[] = []
  let notify = () => {}
  const task: Task = {
    name: 'task',
    everyMs: 60_000,
    run: async () => {
      runs.push(runs.length)
      notify()
    },
    ...change,
  }
  const reach = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => runs.length >= count && resolve()
      notify = check
      check()
    })
  return { task, runs, reach, notify: () => notify() }
}

test('a task runs at the start and again when woken, without waiting for its interval', async () => {
  const { task, reach, runs } = counted()
  const runner = new Runner([task], () => {})
  runner.start()
  await reach(1)
  runner.wake('task')
  await reach(2)
  await runner.stop()
  expect(runs).toHaveLength(2)
})

test('a wake-up during a run leads to one more run', async () => {
  const { runs, reach, notify } = counted()
  let woken = false
  const runner: Runner = new Runner(
    [
      {
        name: 'task',
        everyMs: 60_000,
        run: async () => {
          runs.push(0)
          if (!woken) runner.wake('task')
          woken = true
          notify()
        },
      },
    ],
    () => {},
  )
  runner.start()
  await reach(2)
  await runner.stop()
  expect(runs).toHaveLength(2)
})

test('a failing task is reported, tried again, and leaves its neighbours alone', async () => {
  const errors: string[] = []
  const good = counted({ name: 'good' })
  const bad: Task = { name: 'bad', everyMs: 1, run: () => Promise.reject(new Error('no')) }
  const seenTwice = Promise.withResolvers<void>()
  const runner = new Runner([bad, good.task], (task) => {
    errors.push(task)
    if (errors.length === 2) seenTwice.resolve()
  })
  runner.start()
  await seenTwice.promise
  await good.reach(1)
  await runner.stop()
  expect(new Set(errors)).toEqual(new Set(['bad']))
})

test('stop waits for the run under way', async () => {
  const begun = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  let finished = false
  const runner = new Runner(
    [
      {
        name: 'slow',
        everyMs: 1,
        run: async () => {
          begun.resolve()
          await release.promise
          finished = true
        },
      },
    ],
    () => {},
  )
  runner.start()
  await begun.promise
  const stopped = runner.stop()
  expect(finished).toBe(false)
  release.resolve()
  await stopped
  expect(finished).toBe(true)
})

describe('a task with a rest', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('runs at once when woken after it, and once for everything that wakes it within', async () => {
    const { task, runs } = counted({ restMs: 25 })
    const runner = new Runner([task], () => {})
    runner.start()
    await vi.advanceTimersByTimeAsync(100)
    expect(runs).toHaveLength(1)
    runner.wake('task')
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toHaveLength(2)
    for (let millisecond = 0; millisecond < 24; millisecond++) {
      runner.wake('task')
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(runs).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(runs).toHaveLength(3)
    await runner.stop()
  })

  test('does not hold up stopping while it rests', async () => {
    const { task, runs } = counted({ restMs: 60_000 })
    const runner = new Runner([task], () => {})
    runner.start()
    runner.wake('task')
    await vi.advanceTimersByTimeAsync(10)
    await runner.stop()
    expect(runs).toHaveLength(1)
  })
})
