/**
 * `npm test`: everything, in order of speed, to the end whatever fails. The last line counts tests and checks:
 * `N passed, N failed`.
 */
import { checks } from './checks.ts'
import { findInstalledPostgres, startInstalledPostgres } from './installed-postgres.ts'
import { prepareMachine } from './prepare-machine.ts'
import { runStep } from './run-step.ts'
import { runTests, type TestRun } from './run-tests.ts'

interface Line {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly note: string
  readonly failures: readonly string[]
}

const lines: Line[] = []

function addRun({ name, passed, failed, skipped, seconds, failures }: TestRun): void {
  const note = `${seconds.toFixed(1)} s${skipped > 0 ? `, ${skipped} skipped` : ''}`
  lines.push({ name, passed, failed, note, failures })
}

function addVerdict(name: string, ok: boolean, note: string): void {
  lines.push({ name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, note, failures: [] })
}

/** A statement that runs on one version alone would show as a test that only one run has. */
function compare(one: TestRun, other: TestRun): void {
  const differing = [...one.tests.symmetricDifference(other.tests)]
  const names = `${one.name} and ${other.name} passed the same tests`
  for (const test of differing) console.log(`Only one run passed: ${test}`)
  addVerdict(names, differing.length === 0 && one.tests.size > 0, `${one.tests.size} and ${other.tests.size}`)
}

async function runOnInstalledPostgres(embedded: TestRun): Promise<void> {
  const installed = await findInstalledPostgres()
  if (!installed) {
    console.log('\nThe run on PostgreSQL 15 is skipped: none is installed.')
    return
  }
  const name = `server on PostgreSQL ${installed.major}`
  try {
    const server = await startInstalledPostgres(installed)
    try {
      const run = await runTests(name, 'server', { GATEHOUSE_TEST_DATABASE_URL: server.url })
      addRun(run)
      compare(embedded, run)
    } finally {
      await server.stop()
    }
  } catch (error) {
    console.error(error)
    addVerdict(name, false, 'did not run')
  }
}

await prepareMachine()
for (const check of checks) {
  const { name, ok, seconds } = await runStep(check)
  addVerdict(name, ok, `${seconds.toFixed(1)} s`)
}
addRun(await runTests('unit', 'unit'))
addRun(await runTests('program', 'program'))
const embedded = await runTests('server on embedded PostgreSQL', 'server')
addRun(embedded)
await runOnInstalledPostgres(embedded)
addRun(await runTests('e2e', 'e2e'))

console.log('')
for (const { name, passed, failed, note, failures } of lines) {
  console.log(`${failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${passed} passed, ${failed} failed (${note})`)
  for (const failure of failures) console.log(`         ${failure}`)
}
const passed = lines.reduce((sum, line) => sum + line.passed, 0)
const failed = lines.reduce((sum, line) => sum + line.failed, 0)
process.exitCode = failed === 0 ? 0 : 1
console.log(`\n${passed} passed, ${failed} failed`)
