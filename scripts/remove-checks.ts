import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'

/**
 * Tests the tests of the SAML core: takes its checks away, one by one, and expects some test to fail each time. A check
 * that nothing misses is reported, and the exit code is 1.
 *
 * It works on a copy, in which every check can be switched off by its number; with none switched off the tests must pass.
 * Removable are the entries of the lists of checks, and every `if` that refuses: `if (…) return refused(…)`, `throw …`.
 *
 * Run it as `node scripts/remove-checks.ts [part of a file's name]`.
 */

/** Where checks stand, and the tests beside them. */
const suites: Readonly<Record<string, readonly string[]>> = {
  'xml/parse.ts': ['xml/parse.test.ts'],
  'xmldsig/verify.ts': ['xmldsig/verify.test.ts'],
  'saml/bindings.ts': ['saml/bindings.test.ts'],
  'saml/response.ts': ['saml/checks.test.ts', 'saml/response.test.ts'],
  'saml/shape.ts': ['saml/shape.test.ts'],
  'saml/identifiers.ts': ['saml/checks.test.ts'],
  'saml/message-checks.ts': ['saml/checks.test.ts'],
  'saml/signature-checks.ts': ['saml/checks.test.ts'],
  'saml/assertion-checks.ts': ['saml/checks.test.ts'],
  'saml/decrypt.ts': ['saml/decrypt.test.ts'],
  'saml/oaep.ts': ['saml/decrypt.test.ts'],
  'saml/authn-request.ts': ['saml/authn-request.test.ts'],
  'saml/metadata.ts': ['saml/metadata.test.ts'],
}

/** A parser without one of its checks may never end. That is noticed too, but reported apart: a slow machine looks alike. */
const longestRunMilliseconds = 30_000

/** An entry of a list of checks, as the formatter leaves it. */
const entry = /^ {2}(\{ name: '\w+', run: \w+ \}),$/gm
/** What stands behind an `if` that refuses. */
const refusal = /^\s*(?:return refused\(|return \{\s+(?:code|where)\b|throw )/

interface Removable {
  readonly number: number
  readonly file: string
  readonly line: number
  readonly text: string
}

const repository = join(import.meta.dirname, '..')
const copy = mkdtempSync(join(tmpdir(), 'remove-checks-'))
try {
  process.exitCode = await main(process.argv[2] ?? '')
} finally {
  rmSync(copy, { recursive: true })
}

async function main(part: string): Promise<number> {
  const removables = prepareCopy().filter(({ file }) => file.includes(part))
  if ((await runTests(undefined, [])) !== 'passed') {
    console.error('The tests fail with every check in place.')
    return 1
  }
  const survivors: Removable[] = []
  const endless: Removable[] = []
  const queue = [...removables]
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      // The tests beside it answer fast; only what they do not miss is put to all of them.
      let outcome = await runTests(next.number, suites[next.file] ?? [])
      if (outcome === 'passed') outcome = await runTests(next.number, [])
      if (outcome === 'passed') survivors.push(next)
      if (outcome === 'endless') endless.push(next)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))

  for (const one of endless) report('never ends', one)
  for (const one of survivors) report(styleText('red', 'not missed'), one)
  console.log(`${removables.length} checks removed one by one, ${survivors.length} not missed by any test`)
  return survivors.length === 0 ? 0 : 1
}

function report(finding: string, { file, line, text }: Removable): void {
  console.log(`${finding}: src/protocols/${file}:${line} ${text}`)
}

/** Copies the core and puts a switch into every check. */
function prepareCopy(): Removable[] {
  for (const part of ['result.ts', 'xml', 'xmldsig', 'saml'])
    cpSync(join(repository, 'src/protocols', part), join(copy, part), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(copy, 'vitest.config.ts'), `export default { test: { pool: 'threads' } }`)

  const removables: Removable[] = []
  for (const file of Object.keys(suites)) {
    const source = readFileSync(join(copy, file), 'utf8')
    const { switched, found } = putSwitches(source, removables.length)
    writeFileSync(join(copy, file), `const removedCheck = Number(process.env.REMOVED_CHECK)\n${switched}`)
    removables.push(...found.map((one) => ({ ...one, file })))
  }
  return removables
}

function putSwitches(source: string, first: number): { switched: string; found: Omit<Removable, 'file'>[] } {
  const found: Omit<Removable, 'file'>[] = []
  const note = (at: number, text: string): number => {
    const number = first + found.length
    found.push({ number, line: source.slice(0, at).split('\n').length, text: text.replace(/\s+/g, ' ').slice(0, 110) })
    return number
  }
  const edits: { at: number; end: number; text: string }[] = []
  for (const match of source.matchAll(entry)) {
    const number = note(match.index, match[0].trim())
    edits.push({
      at: match.index,
      end: match.index + match[0].length,
      text: `  ...(removedCheck === ${number} ? [] : [${match[1]}]),`,
    })
  }
  for (const match of source.matchAll(/\bif \(/g)) {
    const open = match.index + match[0].length - 1
    const close = closingParenthesis(source, open)
    if (!refusal.test(source.slice(close + 1))) continue
    const condition = source.slice(open, close + 1)
    const number = note(match.index, source.slice(match.index, close + 60))
    edits.push({ at: open, end: close + 1, text: `(removedCheck !== ${number} && ${condition})` })
  }
  let switched = source
  for (const { at, end, text } of edits.toSorted((a, b) => b.at - a.at))
    switched = switched.slice(0, at) + text + switched.slice(end)
  return { switched, found }
}

/** Strings may hold parentheses; the conditions here hold no regular expression that does so unevenly. */
function closingParenthesis(source: string, open: number): number {
  let depth = 0
  for (let at = open; at < source.length; at += 1) {
    const character = source[at]
    if (character === "'" || character === '`') at = source.indexOf(character, at + 1)
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    if (depth === 0) return at
  }
  throw new Error('An if that never ends.')
}

function runTests(removed: number | undefined, files: readonly string[]): Promise<'passed' | 'failed' | 'endless'> {
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', ...files], {
    cwd: copy,
    env: { ...process.env, REMOVED_CHECK: String(removed ?? -1), NODE_OPTIONS: '--max-old-space-size=1024' },
    stdio: 'ignore',
  })
  return new Promise((resolve, reject) => {
    // All the tests together may take their time; they end, or the ones beside the check would not have.
    const limit = files.length === 0 ? longestRunMilliseconds * 10 : longestRunMilliseconds
    const timer = setTimeout(() => {
      resolve('endless')
      child.kill('SIGKILL')
    }, limit)
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(timer)
      resolve(code === 0 ? 'passed' : 'failed')
    })
  })
}
