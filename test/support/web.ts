import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stranger's web server: answers each path with what it was told to. */
export interface Web {
  readonly url: string
  readonly pages: Map<string, string>
  /** How often a path was asked for. */
  readonly visits: Map<string, number>
  close(): void
}

export async function startWeb(): Promise<Web> {
  const pages = new Map<string, string>()
  const visits = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/'
    visits.set(path, (visits.get(path) ?? 0) + 1)
    const page = pages.get(path)
    response.writeHead(page === undefined ? 404 : 200).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    pages,
    visits,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
