/** `npm run test:postgres`: the server tests on the PostgreSQL that this machine has installed. */
import { findInstalledPostgres, startInstalledPostgres } from './installed-postgres.ts'
import { runStep } from './run-step.ts'

const installed = await findInstalledPostgres()
if (!installed) {
  console.error('No PostgreSQL 15 or newer is installed.')
  process.exit(1)
}
const server = await startInstalledPostgres(installed)
const { ok } = await runStep({
  name: `server on PostgreSQL ${installed.major}`,
  command: ['vitest', 'run', '--project', 'server', ...process.argv.slice(2)],
  env: { GATEHOUSE_TEST_DATABASE_URL: server.url },
})
await server.stop()
process.exitCode = ok ? 0 : 1
