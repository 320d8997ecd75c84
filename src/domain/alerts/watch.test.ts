import { describe, expect, test } from 'vitest'
import { type Condition, hit, nothingYet, pass, type Turn } from './watch.ts'

const condition: Condition = { threshold: 3, windowMs: 60, cooldownMs: 200 }

/** What a rule says to events at these times, looked at once more at the end. */
function turnsOf(times: readonly number[], end: number, of = condition): Turn[] {
  let watch = nothingYet
  const turns: Turn[] = []
  for (const at of times) {
    const next = hit(of, watch, at)
    watch = next.watch
    turns.push(...next.turns)
  }
  const last = pass(of, watch, end)
  return last.turn ? [...turns, last.turn] : turns
}

const firing = (at: number): Turn => ({ kind: 'firing', at })
const recovered = (since: number, at: number): Turn => ({ kind: 'recovered', since, at })

describe('three within sixty', () => {
  test.each<[string, number[], number, Turn[]]>([
    ['two are not enough', [0, 1], 10, []],
    ['three fire, once', [0, 1, 2, 3, 4], 10, [firing(2)]],
    ['exactly sixty apart is within', [0, 30, 60], 60, [firing(60)]],
    ['sixty-one apart is not', [0, 30, 61], 61, []],
    ['it recovers when fewer than three lie in the window', [0, 10, 20], 61, [firing(20), recovered(20, 60)]],
    ['and not a moment before', [0, 10, 20], 60, [firing(20)]],
    ['more of them keep it firing', [0, 10, 20, 50, 70], 75, [firing(20)]],
    ['what comes late counts at its own time', [10, 20, 0], 30, [firing(0)]],
    ['it fires again after the cool-down', [0, 1, 2, 202, 203, 204], 210, [firing(2), recovered(2, 60), firing(204)]],
    ['and not within it', [0, 1, 2, 100, 101, 102], 300, [firing(2), recovered(2, 60)]],
    [
      'a rule that cooled down mid-burst fires with the next event',
      [0, 1, 2, 190, 195, 201, 202],
      210,
      [firing(2), recovered(2, 60), firing(202)],
    ],
  ])('%s', (_claim, times, end, expected) => expect(turnsOf(times, end)).toEqual(expected))

  test('a rule keeps no more than its threshold, however much happens', () => {
    let watch = nothingYet
    for (let at = 0; at < 1000; at++) watch = hit(condition, watch, at).watch
    expect(watch.hits).toEqual([997, 998, 999])
  })
})

test('it says the same whether time is looked at in between or not', () => {
  const times = [0, 1, 2, 150, 210, 211, 212, 600]
  let watch = nothingYet
  const turns: Turn[] = []
  let next = 0
  for (let now = 0; now <= 700; now++) {
    const passed = pass(condition, watch, now)
    watch = passed.watch
    if (passed.turn) turns.push(passed.turn)
    for (; times[next] === now; next++) {
      const after = hit(condition, watch, now)
      watch = after.watch
      turns.push(...after.turns)
    }
  }
  expect(turns).toEqual(turnsOf(times, 700))
  expect(turns).toHaveLength(4)
})
