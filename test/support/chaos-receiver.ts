import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What can be wrong with a receiver. `huge` says 500 and then more than anybody wants to hear. */
export const faults = ['status 500', 'status 429', 'redirect', 'hang', 'reset', 'drip', 'huge', 'garbage'] as const
export type Fault = (typeof faults)[number]

export interface Heard {
  readonly path: string
  readonly body: string
  /** Undefined when it was taken. */
  readonly fault: Fault | undefined
}

export interface ChaosReceiver {
  readonly url: string
  readonly heard: readonly Heard[]
  /** How many bytes of its longest answer it could get rid of. */
  readonly longestAnswer: number
  /** What goes wrong with a request, or nothing. */
  fault: (request: { readonly path: string; readonly body: string }) => Fault | undefined
  close(): Promise<void>
}

const hugeBytes = 64 * 1024 * 1024
const dripMs = 50

/** A receiver of webhooks on its worst day. */
export async function startChaosReceiver(): Promise<ChaosReceiver> {
  const heard: Heard[] = []
  let longestAnswer = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [path, body] = [request.url ?? '/', Buffer.concat(chunks).toString()]
      const fault = receiver.fault({ path, body })
      heard.push({ path, body, fault })
      if (fault === undefined) return void response.writeHead(204).end()
      fail(fault, response, (bytes) => (longestAnswer = Math.max(longestAnswer, bytes)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const receiver = {
    url: `http://127.0.0.1:${port}`,
    heard,
    get longestAnswer() {
      return longestAnswer
    },
    fault: (): Fault | undefined => undefined,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  } as ChaosReceiver // `fault` is for the test to set
  return receiver
}

function fail(fault: Fault, response: ServerResponse, onBytes: (count: number) => void): void {
  switch (fault) {
    case 'status 500':
      return void response.writeHead(500).end('broken')
    case 'status 429':
      return void response.writeHead(429, { 'retry-after': '20' }).end()
    case 'redirect':
      return void response.writeHead(302, { location: '/elsewhere' }).end()
    case 'hang':
      return
    case 'reset':
      return void response.socket?.destroy()
    case 'drip': {
      // Says 200 and then never comes to an end.
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), dripMs)
      return void response.once('close', () => clearInterval(timer))
    }
    case 'huge': {
      response.writeHead(500)
      const chunk = Buffer.alloc(64 * 1024, 'x')
      let sent = 0
      const more = () => {
        while (sent < hugeBytes && !response.destroyed) {
          sent += chunk.length
          onBytes(sent)
          if (!response.write(chunk)) return void response.once('drain', more)
        }
        response.end()
      }
      return more()
    }
    case 'garbage':
      return void response.socket?.end('This is not HTTP.\r\n\r\n')
    default:
      return fault satisfies never
  }
}
