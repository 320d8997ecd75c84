import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root, runStep } from './run-step.ts'

export interface TestRun {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** File and full title of every test that ran and passed. */
  readonly tests: ReadonlySet<string>
  /** What failed and how: titles of tests as above, and files that failed outside of a test. */
  readonly failures: readonly string[]
  readonly seconds: number
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: {
    readonly name: string
    readonly status: string
    /** Why the file failed outside of a test. */
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Runs a project of vitest.config.ts and counts. Whatever goes wrong outside of a test counts as one failure. */
export async function runTests(name: string, project: string, env: Record<string, string> = {}): Promise<TestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-report-'))
  const file = join(folder, 'report.json')
  try {
    const { ok, seconds } = await runStep({
      name,
      command: [
        ...['vitest', 'run', '--project', project, '--allowOnly=false'],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      ] as ['vitest', ...string[]], // a spread loses its first element's type
      env: { ...env, CI: 'true' },
    })
    const report = await readReport(file)
    const brokenFiles = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    )
    const known = report.numFailedTests + brokenFiles.length
    const ran = report.numPassedTests > 0
    const unexplained = known === 0 && (!ok || !ran) ? 1 : 0
    if (!ran) console.error(`${name}: not one test passed.`)
    return {
      name,
      passed: report.numPassedTests,
      failed: known + unexplained,
      skipped: report.numPendingTests + report.numTodoTests,
      tests: passedTests(report),
      failures: [
        ...report.testResults.flatMap(({ name: path, assertionResults }) =>
          assertionResults
            .filter(({ status }) => status === 'failed')
            .map(({ fullName, failureMessages }) => describe(`${relative(root, path)} > ${fullName}`, failureMessages)),
        ),
        ...brokenFiles.map(({ name: path, message }) =>
          describe(`${relative(root, path)}, outside of a test`, [message]),
        ),
      ],
      seconds,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** With the beginning of its messages: whoever has only the end of the output sees what to look for. */
function describe(title: string, messages: readonly string[] = []): string {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n')
  const told = lines
    .filter((line) => line.trim() !== '' && !/node_modules|node:internal|new Promise/.test(line))
    .slice(0, 12)
  return [title, ...told.map((line) => `  ${line.slice(0, 1000)}`)].join('\n         ')
}

async function readReport(file: string): Promise<Report> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text !== undefined) return JSON.parse(text) as Report // Vitest's own format
  return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
}

function passedTests(report: Report): Set<string> {
  const names = new Set<string>()
  for (const { name: file, assertionResults } of report.testResults)
    for (const { status, fullName } of assertionResults) {
      const name = `${relative(root, file)} > ${fullName}`
      // Rows of a table may share a title; each counts.
      let unique = name
      for (let n = 2; status === 'passed' && names.has(unique); n++) unique = `${name} (${n})`
      if (status === 'passed') names.add(unique)
    }
  return names
}
