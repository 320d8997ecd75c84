/** Where webhooks and streams go, in a process of its own: answers at once, and counts. Started by the benches. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { childOptions, tellParent } from './child.ts'

export interface ReceiverReady {
  readonly url: string
}

export interface Counted {
  /** Requests, but for those to the dead address. */
  readonly requests: number
  readonly lines: number
  /** From the time an event says it was created until it arrived, of requests to the timed address. */
  readonly latenciesMs: readonly number[]
}

childOptions<object>()
let [requests, lines] = [0, 0]
let latenciesMs: number[] = []
const newline = 10

const server = createServer((request, response) => {
  const at = Date.now()
  // Takes the connection and says nothing, until the sender gives up.
  if (request.url === '/dead') return void request.resume()
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => {
    if (request.url === '/timed') chunks.push(chunk)
    if (request.url === '/lines') for (const byte of chunk) if (byte === newline) lines++
  })
  request.on('end', () => {
    requests++
    if (request.url === '/timed') {
      const { created_at: created } = JSON.parse(Buffer.concat(chunks).toString()) as { created_at: string } // an event
      latenciesMs.push(at - Date.parse(created))
    }
    response.end()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // it listens on a port
  tellParent({ url: `http://127.0.0.1:${port}` } satisfies ReceiverReady)
})

process.on('message', () => {
  tellParent({ requests, lines, latenciesMs } satisfies Counted)
  latenciesMs = []
})
