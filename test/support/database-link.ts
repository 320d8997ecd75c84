import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The way to a database, which can be cut as when its machine goes away. */
export interface DatabaseLink {
  /** The database, through this link. */
  readonly url: string
  cut(): Promise<void>
  mend(): Promise<void>
}

/** @param url of the database behind it, by TCP. */
export async function openLink(url: string): Promise<DatabaseLink> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      // Whatever ends one side ends the other; `close` follows.
      one.on('error', () => undefined).once('close', () => other.destroy() && sockets.delete(one))
      one.pipe(other)
    }
  })
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const own = (server.address() as AddressInfo).port // it listens on a port
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String(own)
  return {
    url: through.href,
    async cut() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    mend: () => listen(own),
  }
}
