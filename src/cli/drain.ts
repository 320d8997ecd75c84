import type { Server } from 'node:http'

const checkEveryMs = 50

/**
 * Ends the serving of requests: no new ones, those in flight may finish until the limit, then they are cut off.
 * @param close stops accepting on every server, and resolves when their connections are gone.
 * @returns false when requests were cut off.
 */
export async function drain(servers: readonly Server[], close: () => Promise<void>, limitMs: number): Promise<boolean> {
  let inTime = true
  // A connection that was busy when closing began stays open after its answer, for a next request. That is for whoever
  // comes after us.
  const sweep = setInterval(() => {
    for (const server of servers) server.closeIdleConnections()
  }, checkEveryMs)
  const limit = setTimeout(() => {
    inTime = false
    for (const server of servers) server.closeAllConnections()
  }, limitMs)
  try {
    await close()
    return inTime
  } finally {
    clearInterval(sweep)
    clearTimeout(limit)
  }
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
