import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The arrows of ARCHITECTURE.md, written down a second time: changing one takes two edits. */
const mayImport: Record<string, string[]> = {
  contracts: [],
  protocols: [],
  db: ['contracts'],
  domain: ['db', 'contracts', 'protocols'],
  http: ['domain', 'db', 'contracts', 'protocols'],
  jobs: ['domain', 'db', 'contracts'],
  'test-idp': ['protocols'],
  web: ['contracts'],
}
const targets = ['contracts', 'protocols', 'db', 'domain', 'http', 'jobs', 'test-idp', 'cli', 'web']

interface Plant {
  readonly claim: string
  readonly file: string
  readonly source: string
  /** The rule that must object; undefined when none may. */
  readonly rule?: string
}

const importRule = 'eslint(no-restricted-imports)'
const folderOf = (room: string) => (room === 'web' ? 'web' : `src/${room}`)

/** One room importing from another, from its own folder and from a folder in it, in both spellings. */
const crossings = Object.entries(mayImport).flatMap(([room, allowed]) =>
  targets.map((target) => {
    const isAllowed = allowed.includes(target)
    const plants = ['', 'inner/'].flatMap((inner) => {
      const plant = (spelling: string, specifier: string, rule: string | undefined) => ({
        file: `${folderOf(room)}/${inner}plant-${spelling}-${target}.ts`,
        source: `import type { X } from '${specifier}'\nexport type Y = X\n`,
        rules: rule === undefined ? [] : [rule],
      })
      const targetPath = room === 'web' || target === 'web' ? folderOf(target) : target
      return [
        plant('room', `#${target}/x.ts`, isAllowed ? undefined : importRule),
        // Across rooms the relative spelling is refused even where the room is allowed; within one it is the right one.
        ...(target === room ? [] : [plant('relative', `../${inner && '../'}${targetPath}/x.ts`, importRule)]),
      ]
    })
    const verdict = isAllowed ? `may import ${target}, as #${target}/ only` : `may not import #${target}/`
    return { claim: `${room} ${target === room ? `spells itself ./, not #${room}/` : verdict}`, plants }
  }),
)

const wiring: Plant[] = Object.keys(mayImport)
  .filter((room) => room !== 'web')
  .flatMap((room) =>
    ['app', 'config', 'main'].map((file) => ({
      claim: `${room} may not import ${file}.ts, which wires it`,
      file: `src/${room}/plant-${file}.ts`,
      source: `import type { X } from '../${file}.ts'\nexport type Y = X\n`,
      rule: importRule,
    })),
  )

const others: Plant[] = [
  {
    claim: 'a door may not run statements of its own',
    file: 'src/http/plant-sql.ts',
    source: `import { openDatabase } from '#db/database.ts'\nexport const open = openDatabase\n`,
    rule: importRule,
  },
  {
    claim: 'a door may change things',
    file: 'src/http/plant-change.ts',
    source: `import { change } from '#db/work.ts'\nexport const run = change\n`,
  },
  {
    claim: 'a contract may not load a package',
    file: 'src/contracts/plant-package.ts',
    source: `import { ulid } from 'ulid'\nexport const id = ulid\n`,
    rule: importRule,
  },
  {
    claim: 'a contract may load typebox and its neighbour',
    file: 'src/contracts/plant-typebox.ts',
    source: `import * as Type from 'typebox'\nimport { x } from './x.ts'\nexport const y = [Type, x]\n`,
  },
  ...['fs', 'fs/promises', 'http', 'net', 'dns', 'process', 'child_process', 'timers/promises'].map((name) => ({
    claim: `protocol code may not import node:${name}`,
    file: `src/protocols/inner/plant-${name.replace('/', '-')}.ts`,
    source: `import * as x from 'node:${name}'\nexport const y = x\n`,
    rule: importRule,
  })),
  {
    claim: 'protocol code may not read the clock',
    file: 'src/protocols/inner/plant-clock.ts',
    source: `export const now = () => Date.now()\n`,
    rule: 'eslint(no-restricted-properties)',
  },
  {
    claim: 'protocol code may not call out',
    file: 'src/protocols/plant-fetch.ts',
    source: `export const get = (url: string) => fetch(url)\n`,
    rule: 'eslint(no-restricted-globals)',
  },
  {
    claim: 'the environment is read in config.ts',
    file: 'src/config.ts',
    source: `export const port = process.env['PORT']\n`,
  },
  ...['src/domain/inner/plant-env.ts', 'src/app.ts', 'src/cli/plant-env.ts'].map((file) => ({
    claim: `the environment is not read in ${file}`,
    file,
    source: `export const port = process.env['PORT']\n`,
    rule: 'node(no-process-env)',
  })),
  ...['register/plant.mjs', 'examples/plant/plant.mjs'].flatMap((file) =>
    ['#domain/x.ts', '../src/main.ts', '../../src/main.ts'].map((specifier, index) => ({
      claim: `${file} may not import ${specifier}`,
      file: file.replace('plant.mjs', `plant-${index}.mjs`),
      source: `import { x } from '${specifier}'\nconsole.log(x)\n`,
      rule: importRule,
    })),
  ),
  {
    claim: 'files do not import each other in a circle',
    file: 'src/domain/inner/plant-circle-a.ts',
    source: `import { b } from './plant-circle-b.ts'\nexport const a = (): unknown => b()\n`,
    rule: 'import(no-cycle)',
  },
  {
    claim: 'nor through the spelling of a room',
    file: 'src/domain/inner/plant-circle-b.ts',
    source: `import { a } from './plant-circle-a.ts'\nexport const b = (): unknown => a()\n`,
    rule: 'import(no-cycle)',
  },
  {
    claim: 'a promise is awaited or refused on purpose',
    file: 'src/domain/plant-floating.ts',
    source: `export function run(work: () => Promise<void>): void {\n  work()\n}\n`,
    rule: 'typescript(no-floating-promises)',
  },
  {
    claim: 'a switch covers every case',
    file: 'src/domain/plant-switch.ts',
    source: `export function name(x: 'a' | 'b'): string {\n  switch (x) {\n    case 'a':\n      return 'A'\n  }\n  return ''\n}\n`,
    rule: 'typescript(switch-exhaustiveness-check)',
  },
  {
    claim: 'nothing is any',
    file: 'src/domain/plant-any.ts',
    source: `export const x = (y: any): unknown => y\n`,
    rule: 'typescript(no-explicit-any)',
  },
  {
    claim: 'nothing is exported by default',
    file: 'src/domain/plant-default.ts',
    source: `export default function run(): void {}\n`,
    rule: 'import(no-default-export)',
  },
  {
    claim: 'a file does not only pass others on',
    file: 'src/domain/plant-barrel.ts',
    source: `export * from './plant-any.ts'\n`,
    rule: 'oxc(no-barrel-file)',
  },
]

const plants = [...crossings.flatMap((crossing) => crossing.plants), ...wiring, ...others]

/** File → rules that objected. */
let found: Map<string, string[]>
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-guards-'))
  for (const file of ['oxlint.config.ts', 'package.json', 'tsconfig.json'])
    await copyFile(join(root, file), join(folder, file))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { file, source } of plants) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), source)
  }
  found = await lint()
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function lint(): Promise<Map<string, string[]>> {
  const program = join(root, 'node_modules/oxlint/bin/oxlint')
  const text = await new Promise<string>((resolve) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
    const paths = ['src', 'web', 'register', 'examples']
    // Findings make it exit with 1; what it found is in the output either way.
    execFile(process.execPath, [program, '--format=json', ...paths], options, (_error, stdout) => resolve(stdout))
  })
  const { diagnostics }: { diagnostics: { filename: string; code: string }[] } = JSON.parse(text)
  const byFile = Map.groupBy(diagnostics, (diagnostic) => diagnostic.filename)
  return new Map([...byFile].map(([file, list]) => [file, [...new Set(list.map(({ code }) => code))]]))
}

describe('rooms', () => {
  test.each(crossings)('$claim', ({ plants: planted }) => {
    const objections = planted.map(({ file }) => found.get(file) ?? [])
    expect(objections).toEqual(planted.map(({ rules }) => rules))
  })
})

describe('code', () => {
  test.each([...wiring, ...others])('$claim', ({ file, rule }) => {
    expect(found.get(file) ?? []).toEqual(rule === undefined ? [] : [rule])
  })
})
