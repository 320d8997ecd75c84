import { expect, test } from 'vitest'
import { newId } from './new-id.ts'

const epoch = Date.UTC(2026, 0, 1)
const later = (milliseconds: number) => new Date(epoch + milliseconds)

// First, because later ids never sort before earlier ones, whatever the clock says.
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
