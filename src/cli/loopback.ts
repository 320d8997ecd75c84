import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { exitCodes, Failure } from './failure.ts'

const ipv4 = '127.0.0.1'
const ipv6 = '::1'

/**
 * Finds out early whether the port can be had on both loopback addresses: before a database is made for nothing.
 * @param port 0 for any free one.
 * @returns the port.
 */
export async function findLoopbackPort(port: number): Promise<number> {
  const found = await probe(ipv4, port)
  if (found === 'in use' || found === 'absent') throw portInUse(port)
  if ((await probe(ipv6, found)) !== 'in use') return found
  if (port !== 0) throw portInUse(port)
  return findLoopbackPort(0)
}

/**
 * Serves the same application on 127.0.0.1 and, where the machine has it, on ::1. Browsers take `localhost` for
 * either, whatever the hosts file says; on one address alone, another program could answer for us on the other.
 * @returns the second server, for drain.ts.
 */
export async function listenOnLoopback(server: FastifyInstance, port: number): Promise<Server> {
  await server.ready()
  const second = createHttpServer((request, response) => server.routing(request, response))
  second.requestTimeout = server.server.requestTimeout
  second.keepAliveTimeout = server.server.keepAliveTimeout
  try {
    await server.listen({ host: ipv4, port })
    await listen(second, port)
    return second
  } catch (error) {
    throw explainListen(error, port)
  }
}

/** What it means that a port or an address cannot be listened on; other errors come back as they are. */
export function explainListen(error: unknown, port: number): unknown {
  if (isInUse(error)) return portInUse(port)
  // Ports below 1024 belong to root on most systems; an address may be of another machine.
  const isRefused = error instanceof Error && 'syscall' in error && /^(listen|getaddrinfo)$/.test(String(error.syscall))
  if (!isRefused) return error
  return new Failure(exitCodes.environment, `Port ${port} cannot be used: ${error.message}`, [], { cause: error })
}

function portInUse(port: number): Failure {
  return new Failure(
    exitCodes.portInUse,
    `Port ${port} is in use by another program. Stop it, or choose another port with --port.`,
  )
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (isAbsent(error) ? resolve() : reject(error)))
    server.listen(port, ipv6, resolve)
  })
}

function probe(host: string, port: number): Promise<number | 'in use' | 'absent'> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      if (isInUse(error)) resolve('in use')
      else if (isAbsent(error)) resolve('absent')
      else reject(explainListen(error, port))
    })
    server.listen(port, host, () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(found))
    })
  })
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

/** The machine has no IPv6, or no loopback address for it. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(String(error.code))
}
