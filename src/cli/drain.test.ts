import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeServer, drain } from './drain.ts'

let server: Server
let answer: Promise<ServerResponse>
let received: string
let closed: Promise<void>

/** A request is in flight: the server has it, and answers when the test says so. */
beforeEach(async () => {
  answer = new Promise((resolve) => {
    server = createServer((_request, response) => resolve(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  received = ''
  socket.on('data', (chunk) => (received += chunk.toString()))
  closed = new Promise((resolve) => socket.once('close', () => resolve()))
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await answer
})
afterEach(() => server.closeAllConnections())

test('a request in flight gets its answer, and its connection does not keep us waiting', async () => {
  const drained = drain([server], () => closeServer(server), 5_000)
  const response = await answer
  response.end('done')
  expect(await drained).toBe(true)
  await closed
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*done/s)
})

test('a request that does not end is cut off at the limit', async () => {
  expect(await drain([server], () => closeServer(server), 100)).toBe(false)
  await closed
  expect(received).toBe('')
})
