import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tellParent } from './child.ts'

/** The lean programs answer by node:http alone. Tells the bench where, along with what else it has to know. */
export function serveLean(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  known: object = {},
): void {
  const server = createServer((request, response) => {
    void (async () => answer(request, response))().catch((error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo // it listens on a port
    tellParent({ url: `http://127.0.0.1:${port}`, ...known })
  })
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export function send(response: ServerResponse, status: number, text: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}
