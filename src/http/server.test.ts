import { expect, test } from 'vitest'
import { createServer } from './server.ts'

async function addressSeen(trustProxy: boolean, forwardedFor: string): Promise<string> {
  const app = createServer({ logger: false, trustProxy })
  app.get('/', (request) => request.ip)
  const headers = { 'x-forwarded-for': forwardedFor }
  return (await app.inject({ url: '/', headers, remoteAddress: '10.0.0.1' })).body
}

test.each([
  ['without a proxy the header is the client’s invention', false, '198.51.100.7', '10.0.0.1'],
  ['behind a proxy the address is the one the proxy saw', true, '198.51.100.7', '198.51.100.7'],
  ['what the client wrote before the proxy’s entry does not count', true, '203.0.113.9, 198.51.100.7', '198.51.100.7'],
])('%s', async (_claim, trustProxy, header, seen) => {
  expect(await addressSeen(trustProxy, header)).toBe(seen)
})
