import { expect, test } from 'vitest'
import { newId } from './new-id.ts'

const epoch = Date.UTC(2026, 0, 1)
const later = (milliseconds: number) => new Date(epoch + milliseconds)

test('an id is its prefix and a ULID of its time', () => {
  const id = newId('organization', new Date(1469918176385)) // the time in the ULID specification's example
  expect(id).toMatch(/^org_01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/)
})

test('ids of one process differ and sort in the order they were made, within a millisecond and across', () => {
  const ids = Array.from({ length: 2000 }, (_, index) => newId('event', later(Math.floor(index / 10))))
  expect(ids).toEqual([...new Set(ids)].toSorted())
})

test('the random letters are drawn afresh, each from the whole alphabet', () => {
  const tails = Array.from({ length: 2000 }, (_, index) => newId('event', later(1000 + index)).slice(-16))
  expect(new Set(tails)).toHaveLength(tails.length)
  for (let letter = 0; letter < 16; letter++) expect(new Set(tails.map((tail) => tail[letter]))).toHaveLength(32)
})

test('a clock set back a little keeps the order, and one that was badly ahead is forgotten', () => {
  const [ahead, corrected, right] = [3600_000, 3590_000, 0].map((ms) => newId('event', later(ms)))
  expect([ahead, corrected].toSorted()).toEqual([ahead, corrected])
  expect(corrected?.slice(0, 16)).toBe(ahead?.slice(0, 16)) // the time of the one before it
  expect(right?.slice(0, 16)).toBe(newId('event', later(0)).slice(0, 16))
  expect([ahead, right].toSorted()).toEqual([right, ahead])
})

test('two clocks that are read in turn keep the order of each', () => {
  const ids = Array.from({ length: 40 }, (_, index) => newId('event', later(index % 2 === 0 ? 0 : 9_000_000)))
  for (const odd of [0, 1]) {
    const own = ids.filter((_, index) => index % 2 === odd)
    expect(own).toEqual(own.toSorted())
  }
})
