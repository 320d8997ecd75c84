/** `npm run check`: every check, also after one has failed. */
import { checks } from './checks.ts'
import { runStep } from './run-step.ts'

let failed = 0
for (const check of checks) if (!(await runStep(check)).ok) failed++
console.log(`\n${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
