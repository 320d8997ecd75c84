import { expect } from 'vitest'

/** One test of a file that was loaded for its tests, to run as often as wanted. */
export interface CollectedTest {
  readonly file: string
  readonly title: string
  readonly run: () => unknown
}

type Body = (...values: unknown[]) => unknown

/** What the files import instead of vitest: as much of it as they use. Whatever else they called would not be there. */
export function collector(tests: CollectedTest[], fileNow: () => string) {
  const add = (title: string, run: () => unknown) => void tests.push({ file: fileNow(), title, run })
  const each = (rows: readonly unknown[]) => (title: string, body: Body) => {
    for (const [index, row] of rows.entries())
      add(`${title} [${index}]`, () => (Array.isArray(row) ? body(...(row as unknown[])) : body(row)))
  }
  return {
    expect,
    describe: (_title: string, body: () => void) => body(),
    test: Object.assign((title: string, body: Body) => add(title, body), { each }),
  }
}
