import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'

const checkEveryMs = 50

/**
 * Ends the serving of requests: no new ones, those in flight may finish until the limit, then they are cut off.
 * @param close stops accepting, and resolves when every connection is gone.
 * @returns false when requests were cut off.
 */
export async function drain(
  server: FastifyInstance,
  others: readonly Server[],
  close: () => Promise<void>,
  limitMs: number,
): Promise<boolean> {
  const servers = [server.server, ...others]
  let inTime = true
  // A connection that was busy when closing began stays open after its answer, for a next request that we would refuse.
  const sweep = setInterval(() => servers.forEach((one) => one.closeIdleConnections()), checkEveryMs)
  const limit = setTimeout(() => {
    inTime = false
    for (const one of servers) one.closeAllConnections()
  }, limitMs)
  try {
    await Promise.all([close(), ...others.map(closeServer)])
    return inTime
  } finally {
    clearInterval(sweep)
    clearTimeout(limit)
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
