/** A server in a process of its own, to be killed. Arguments: database URL, encryption key in base64, role. Says its port. */
import { flushCompileCache } from 'node:module'
import type { AddressInfo } from 'node:net'
import { Secrets } from '#protocols/envelope.ts'
import { createApp } from '../../src/app.ts'
import type { Role } from '../../src/settings.ts'

const [databaseUrl = '', key = '', role = 'all'] = process.argv.slice(2)
const app = await createApp({
  databaseUrl,
  baseUrl: 'http://gatehouse.test',
  secrets: new Secrets([Buffer.from(key, 'base64')]),
  development: true,
  role: role as Role, // the test's own word
  logger: false,
  trustProxy: false,
  poolSize: 10,
  publicRequestsPerMinute: 1_000_000,
})
await app.server.listen({ host: '127.0.0.1', port: 0 })
app.start()
const { port } = app.server.server.address() as AddressInfo // it listens on a port
// Nobody killed gets to write it at the end.
flushCompileCache()
process.stdout.write(`${port}\n`)
