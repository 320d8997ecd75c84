import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guardedFetch, isPrivateAddress } from './guarded-fetch.ts'

let server: Server
let base: string
let hits = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    hits++
    const path = request.url ?? '/'
    if (path === '/ok') return void response.end('<xml/>')
    if (path === '/redirect') return void response.writeHead(302, { location: '/ok' }).end()
    if (path === '/loop') return void response.writeHead(302, { location: '/loop' }).end()
    if (path === '/file') return void response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    if (path === '/large') return void response.end('x'.repeat(1024 * 1024 + 1))
    if (path === '/slow') return undefined
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a document fetched for a stranger', () => {
  const fetchText = guardedFetch({ allowPrivate: true })

  test.each([
    ['is read', '/ok', { ok: true, text: '<xml/>' }],
    ['is read behind a redirect', '/redirect', { ok: true, text: '<xml/>' }],
    ['is refused behind endless redirects', '/loop', { ok: false, code: 'too_many_redirects' }],
    ['is refused when redirected out of http', '/file', { ok: false, code: 'invalid_url' }],
    ['is refused over 1 MB', '/large', { ok: false, code: 'too_large' }],
    ['is refused without a 200', '/missing', { ok: false, code: 'http_status' }],
  ])('%s', async (_claim, path, expected) => {
    expect(await fetchText(base + path)).toMatchObject(expected)
  })

  test('is given up on when nothing comes', async () => {
    const impatient = guardedFetch({ allowPrivate: true, timeoutMs: 100 })
    expect(await impatient(`${base}/slow`)).toMatchObject({ ok: false, code: 'timeout' })
  })

  test.each(['ftp://example.com/x', 'javascript:alert(1)', 'metadata.xml', ''])('is refused from %j', async (url) => {
    expect(await fetchText(url)).toMatchObject({ ok: false, code: 'invalid_url' })
  })

  test('says when nobody listens', async () => {
    expect(await fetchText('http://127.0.0.1:1/')).toMatchObject({ ok: false, code: 'unreachable' })
  })
})

describe('in production a private address is never reached', () => {
  test.each([
    ['plain http', () => `${base}/ok`, 'not_https'],
    ['an IPv4 literal', () => 'https://127.0.0.1/x', 'private_address'],
    ['an IPv6 literal', () => 'https://[::1]/x', 'private_address'],
    ['a mapped literal', () => 'https://[::ffff:10.0.0.1]/x', 'private_address'],
    ['an integer that URLs read as an address', () => 'https://2130706433/x', 'private_address'],
  ])('by %s', async (_claim, url, code) => {
    const before = hits
    expect(await guardedFetch({ allowPrivate: false })(url())).toMatchObject({ ok: false, code })
    expect(hits).toBe(before)
  })

  test.each([
    ['a name', ['10.0.0.7']],
    ['a name with one private address among public ones', ['93.184.216.34', '169.254.169.254']],
  ])('by %s that resolves there', async (_claim, addresses) => {
    const lookup: LookupFunction = (_host, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )
    expect(await guardedFetch({ allowPrivate: false, lookup })('https://idp.example/x')).toMatchObject({
      ok: false,
      code: 'private_address',
    })
  })
})

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['224.0.0.1', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['::', true],
  ['fe80::1', true],
  ['fd00::1', true],
  ['::ffff:192.168.0.1', true],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::7f00:1', true],
  ['2606:4700::1111', false],
  ['not an address', true],
])('%s is private: %s', (address, expected) => {
  expect(isPrivateAddress(address)).toBe(expected)
})
