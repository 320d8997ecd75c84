/** `npm run gen`: runs every generate-*.ts. With `--check` they compare instead of writing. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { root, runStep } from './run-step.ts'

const generators = (await readdir(join(root, 'scripts'))).filter((name) => /^generate-.*\.ts$/.test(name)).toSorted()
for (const generator of generators) {
  const { ok } = await runStep({ name: generator, command: ['node', `scripts/${generator}`, ...process.argv.slice(2)] })
  if (!ok) process.exitCode = 1
}
