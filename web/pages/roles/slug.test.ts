import { expect, test } from 'vitest'
import { slugOf } from './slug.ts'

test.each([
  ['Billing admin', 'billing-admin'],
  ['  Führung & Büro ', 'fuhrung-buro'],
  ['株式会社', ''],
  ['a'.repeat(60), 'a'.repeat(48)],
])('%s becomes %s', (name, slug) => expect(slugOf(name)).toBe(slug))
