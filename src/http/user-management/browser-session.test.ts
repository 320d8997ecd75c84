import { expect, test } from 'vitest'
import { sharedDomain } from './browser-session.ts'

test.each([
  ['neighbours', 'auth.example.com', 'app.example.com', 'example.com'],
  ['an application above us', 'auth.example.com', 'example.com', 'example.com'],
  ['an application below us', 'example.com', 'app.example.com', 'example.com'],
  ['deep neighbours', 'auth.eu.example.com', 'app.eu.example.com', 'eu.example.com'],
  ['one host', 'example.com', 'example.com', undefined],
  ['ports of one machine', 'localhost', 'localhost', undefined],
  ['names that end alike by chance', 'auth.example.com', 'app.badexample.com', undefined],
  ['nothing but the top', 'auth.example.com', 'app.example.net', undefined],
  ['names without a domain', 'auth.localhost', 'app.localhost', undefined],
  ['addresses', '10.0.0.1', '11.0.0.1', undefined],
])('%s: a cookie of %s that %s can read is set on %s', (_case, ours, theirs, expected) => {
  expect(sharedDomain(ours, theirs)).toBe(expected)
})
