import { expect, test } from 'vitest'
import { chooseRedirect, nearestRegistered } from './resolve.ts'

const registered = [
  { uri: 'https://*.example.com/callback', is_default: false },
  { uri: 'https://example.com/callback', is_default: true },
]

test.each([
  ['to the default when nothing is asked for', undefined, 'https://example.com/callback'],
  ['to what is asked for when it is registered', 'https://example.com/callback', 'https://example.com/callback'],
  [
    'to what a wildcard covers, as it was asked for',
    'https://t-7.example.com/callback',
    'https://t-7.example.com/callback',
  ],
  ['nowhere else', 'https://example.com/calback', undefined],
  ['nowhere for an empty address', '', undefined],
  ['nowhere for the wildcard itself', 'https://*.example.com/callback', undefined],
])('a sign-in may go %s', (_claim, received, expected) => {
  expect(chooseRedirect(registered, received)).toBe(expected)
})

test('nothing registered, nowhere to go', () => {
  expect(chooseRedirect([], undefined)).toBeUndefined()
  expect(nearestRegistered('https://example.com', [])).toBeUndefined()
})

test('whoever mistyped is told the nearest address', () => {
  const uris = ['https://example.com/callback', 'http://localhost:3000/callback']
  expect(nearestRegistered('http://localhost:3000/calback', uris)).toBe('http://localhost:3000/callback')
})

test('an address of the same application is nearer than one that is spelled alike elsewhere', () => {
  const uris = ['http://localhost:3001/other', 'http://localhost:4300/callback']
  expect(nearestRegistered('http://localhost:4300/other', uris)).toBe('http://localhost:4300/callback')
  expect(nearestRegistered('http://localhost:3002/other', uris)).toBe('http://localhost:3001/other')
})
