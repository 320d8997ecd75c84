import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { collector, type CollectedTest } from './collected-tests.ts'
import { putSwitches, type Removable, type Switches, switchesName } from './put-switches.ts'

const protocols = fileURLToPath(new URL('../../src/protocols', import.meta.url))
const parts = ['xml', 'xmldsig', 'saml']

/** Where the checks of the SAML core stand. */
const checked = [
  'xml/parse.ts',
  'xml/read.ts',
  'xmldsig/algorithms.ts',
  'xmldsig/verify.ts',
  'saml/bindings.ts',
  'saml/response.ts',
  'saml/shape.ts',
  'saml/identifiers.ts',
  'saml/message-checks.ts',
  'saml/signature-checks.ts',
  'saml/assertion-checks.ts',
  'saml/decrypt.ts',
  'saml/authn-request.ts',
  'saml/instant.ts',
  'saml/certificate.ts',
  'saml/metadata.ts',
]

/** Against hanging, not against slowness. */
const untilHangingMs = 120_000

/** A parser without one of its checks may never end: it asks that much more often than with all of them. */
const mostAsked = (before: number) => before * 20 + 100_000

/**
 * One copy of the core, in which a check can be taken away while its tests run. Taking one away can matter only where it
 * refused something, so each check is tried with the tests in which it did.
 */
class Bench implements Switches {
  readonly #removed: number | undefined
  readonly refused = new Set<number>()
  asked = 0
  readonly #limit: number

  constructor(removed?: number, limit = Infinity) {
    this.#removed = removed
    this.#limit = limit
  }

  refuses(number: number, condition: unknown): boolean {
    this.asked += 1
    if (this.asked > this.#limit) throw new Error('This never ends.')
    if (!condition) return false
    this.refused.add(number)
    return number !== this.#removed
  }

  says(number: number, rejection: unknown): unknown {
    if (rejection === undefined) return undefined
    this.refused.add(number)
    return number === this.#removed ? undefined : rejection
  }
}

test(
  'every check of the SAML core is missed by some test when it is taken away',
  async () => {
    const { removables, tests } = await load()
    expect(removables.length).toBeGreaterThan(150)
    const trials = new Map(removables.map(({ number }): [number, Trial[]] => [number, []]))
    for (const one of tests) {
      const bench = new Bench()
      expect(await outcomeOf(one, bench), `${one.file}: ${one.title}`).toBe('passed')
      for (const number of bench.refused) trials.get(number)?.push({ test: one, asked: bench.asked })
    }
    const unnoticed: string[] = []
    for (const { number, file, line, text } of removables)
      if (!(await isMissed(number, trials.get(number) ?? []))) unnoticed.push(`src/protocols/${file}:${line} ${text}`)
    expect(unnoticed).toEqual([])
  },
  untilHangingMs,
)

interface Trial {
  readonly test: CollectedTest
  /** How much it asked with every check in place. */
  readonly asked: number
}

async function isMissed(number: number, trials: readonly Trial[]): Promise<boolean> {
  for (const trial of trials.toSorted((a, b) => a.asked - b.asked))
    if ((await outcomeOf(trial.test, new Bench(number, mostAsked(trial.asked)))) === 'failed') return true
  return false
}

async function outcomeOf({ run }: CollectedTest, bench: Bench): Promise<'passed' | 'failed'> {
  Reflect.set(globalThis, switchesName, bench)
  try {
    await run()
    return 'passed'
  } catch {
    return 'failed'
  }
}

/** The core with its switches, and its tests. */
async function load(): Promise<{ removables: readonly Removable[]; tests: readonly CollectedTest[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'removed-checks-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const part of ['result.ts', ...parts]) await cp(join(protocols, part), join(folder, part), { recursive: true })
  const removables: Removable[] = []
  for (const file of checked) {
    const path = join(folder, file)
    const found = putSwitches(await readFile(path, 'utf8'), file, removables.length)
    await writeFile(path, found.switched)
    removables.push(...found.removables)
  }
  const tests: CollectedTest[] = []
  let loading = ''
  const name = 'gatehouseCollector'
  Reflect.set(
    globalThis,
    name,
    collector(tests, () => loading),
  )
  Reflect.set(globalThis, switchesName, new Bench())
  for (const part of parts)
    for (const file of await readdir(join(folder, part))) {
      if (!file.endsWith('.test.ts')) continue
      loading = `${part}/${file}`
      const path = join(folder, loading)
      const source = await readFile(path, 'utf8')
      await writeFile(path, source.replace(/^import (\{.*\}) from 'vitest'$/m, `const $1 = ${name}`))
      await import(pathToFileURL(path).href)
    }
  return { removables, tests }
}
