import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isBearerToken, readEndpoint, sendOverHttp } from './http-send.ts'
import type { Message } from './wire.ts'

/** A server that answers in one way; what it heard is kept. */
async function listen(answer: RequestListener): Promise<{ endpoint: string; heard: string[] }> {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // it listens on a port
  return { endpoint: `http://127.0.0.1:${port}/scim`, heard }
}

const get = (path: string): Message & { headers: Record<string, string> } => ({ method: 'GET', path, headers: {} })
const sendTo = (endpoint: string, limits: object = {}) =>
  sendOverHttp({ endpoint, token: 'right', fetch: globalThis.fetch, ...limits })

describe('a request', () => {
  test('carries the token and its body, and brings back status, headers and text', async () => {
    const { endpoint, heard } = await listen((request, response) => {
      response.writeHead(201, { 'X-Said': 'yes' })
      request.pipe(response)
    })
    const answer = await sendTo(endpoint)({ method: 'POST', path: '/Users', headers: {}, body: { a: 'é' } })
    expect(answer).toMatchObject({ status: 201, headers: { 'x-said': 'yes' }, text: '{"a":"é"}' })
    expect(heard).toEqual(['POST /scim/Users Bearer right'])
  })

  test('can carry another token on purpose', async () => {
    const { endpoint, heard } = await listen((_request, response) => response.end())
    await sendTo(endpoint)({ ...get('/Users'), headers: { authorization: 'Bearer wrong' } })
    expect(heard).toEqual(['GET /scim/Users Bearer wrong'])
  })

  test('follows no redirect: the token is for this endpoint', async () => {
    const elsewhere = await listen((_request, response) => response.end())
    const { endpoint } = await listen((_request, response) => {
      response.writeHead(307, { location: elsewhere.endpoint }).end()
    })
    expect((await sendTo(endpoint)(get('/Users'))).status).toBe(307)
    expect(elsewhere.heard).toEqual([])
  })

  test.each(['/Users/..', '/Users/%2e%2e', '/../admin', '/Users/./x', '@evil.example/Users'])(
    'does not leave its endpoint by %s',
    async (path) => {
      const { endpoint, heard } = await listen((_request, response) => response.end())
      await expect(sendTo(endpoint)(get(path))).rejects.toThrow('leads out of the endpoint')
      expect(heard).toEqual([])
    },
  )

  test('takes no more than it was told to', async () => {
    const { endpoint } = await listen((_request, response) => response.end('x'.repeat(1000)))
    expect((await sendTo(endpoint, { maximumBytes: 1000 })(get('/Users'))).text).toHaveLength(1000)
    await expect(sendTo(endpoint, { maximumBytes: 999 })(get('/Users'))).rejects.toThrow('larger than 999 bytes')
  })

  test('is given up when nothing comes', async () => {
    const { endpoint } = await listen(() => undefined)
    await expect(sendTo(endpoint, { timeoutMs: 20 })(get('/Users'))).rejects.toThrow('timeout')
  })

  test('is given up when only a part comes', async () => {
    const { endpoint } = await listen((_request, response) => response.write('{'))
    await expect(sendTo(endpoint, { timeoutMs: 100 })(get('/Users'))).rejects.toThrow('timeout')
  })
})

test.each([
  ['https://scim.example/v2/', 'https://scim.example/v2'],
  [' http://LOCALHOST:80/x ', 'http://localhost/x'],
  ['https://scim.example', 'https://scim.example'],
  ['ftp://scim.example', undefined],
  ['scim.example', undefined],
  ['https://me:pw@scim.example', undefined],
  ['https://scim.example/?a=b', undefined],
  ['https://scim.example/#x', undefined],
  ['', undefined],
])('the endpoint %j is read as %j', (text, endpoint) => expect(readEndpoint(text)).toBe(endpoint))

test.each([
  ['abc', true],
  ['a.b-c_d~e+f/g==', true],
  ['', false],
  ['a b', false],
  ['a\nb', false],
  ['a"b', false],
  ['=', false],
  ['x'.repeat(8193), false],
])('%j is a bearer token: %j', (text, expected) => expect(isBearerToken(text)).toBe(expected))
