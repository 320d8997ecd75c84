import type { LookupFunction } from 'node:net'
import { expect, test } from 'vitest'
import { guardedPost } from './guarded-post.ts'

const refused = { ok: false, error: 'private address' }

test.each([
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://[::ffff:10.0.0.1]/x',
  'https://2130706433/x',
  'http://169.254.169.254/latest/meta-data',
])('in production nothing is posted to %s', async (url) => {
  const post = guardedPost({ allowPrivate: false })
  expect(await post(url, '{}', {})).toEqual(refused)
  await post.close()
})

test.each([
  ['a name', ['10.0.0.7']],
  ['a name with one private address among public ones', ['93.184.216.34', '169.254.169.254']],
])('in production nothing is posted to %s that resolves to one', async (_claim, addresses) => {
  const lookup: LookupFunction = (_host, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    )
  const post = guardedPost({ allowPrivate: false, lookup })
  expect(await post('https://hooks.example/x', '{}', {})).toEqual(refused)
  await post.close()
})
