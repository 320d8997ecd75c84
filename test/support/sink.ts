import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A customer's webhook receiver. What it answers is up to the test. */
export interface Sink {
  readonly url: string
  readonly received: Received[]
  /** Status and headers for a request; `hang` never answers, `reset` breaks the connection. */
  answer: (request: Received) => { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'reset'
  close(): Promise<void>
}

export async function startSink(): Promise<Sink> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { path: request.url ?? '/', headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(one)
      const answer = sink.answer(one)
      if (answer === 'hang') return
      if (answer === 'reset') return void request.socket.destroy()
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const sink: Sink = {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: () => ({ status: 200 }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return sink
}
