import { expect, test } from 'vitest'
import { compare, type Gap, readVendorDocument } from './compare.ts'
import { covers, divergences, unserved } from './ledger.ts'

const comparison = compare(await readVendorDocument())

test('the vendor’s description was read: it has 170 operations, and we serve some of them', () => {
  expect(comparison.served.length + comparison.unserved.length).toBe(170)
  expect(comparison.served).toContain('POST /organizations')
})

test('every difference from the vendor’s description stands in the ledger', () => {
  const unknown = comparison.gaps.filter(
    (gap) => !divergences.some((entry) => covers(entry.at, gap.at) && covers(entry.gap, gap.text)),
  )
  expect(unknown.map(({ at, text }: Gap) => `${at}: ${text}`)).toEqual([])
})

test('every entry of the ledger is still true', () => {
  const stale = divergences.filter(
    (entry) => !comparison.gaps.some((gap) => covers(entry.at, gap.at) && covers(entry.gap, gap.text)),
  )
  expect(stale).toEqual([])
})

test('every operation that is not served belongs to exactly one part with a reason', () => {
  const parts = comparison.unserved.map((operation) => ({
    operation,
    parts: unserved.filter((entry) => entry.operations.test(operation)).map(({ part }) => part),
  }))
  expect(parts.filter(({ parts: found }) => found.length !== 1)).toEqual([])
})

test('every part that is not served still has operations', () => {
  expect(
    unserved.filter((entry) => !comparison.unserved.some((operation) => entry.operations.test(operation))),
  ).toEqual([])
})
