import type { Step } from './run-step.ts'

/** What needs no database and no browser, quickest first. */
export const checks: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  // Next.js finds its modules as bundlers do.
  { name: 'types of the Next.js example', command: ['tsc', '-p', 'examples/nextjs-authkit'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  { name: 'generated files', command: ['node', 'scripts/gen.ts', '--check'] },
]
