import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../bin/built-server.mjs', import.meta.url))

interface Program {
  stampOf(file: string): string
  programEntry(): string
}

/** A program of two files, built. */
async function builtProgram() {
  const root = await mkdtemp(join(tmpdir(), 'gatehouse-built-'))
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  await write('src/cli/main.ts', 'export {}')
  await write('src/part.ts', 'export {}')
  await write('dist/server/main.mjs', 'export {}')
  await mkdir(join(root, 'bin'))
  await cp(program, join(root, 'bin/built-server.mjs'))
  const { stampOf, programEntry } = (await import(pathToFileURL(join(root, 'bin/built-server.mjs')).href)) as Program
  const files = ['src/cli/main.ts', 'src/part.ts']
  await write(
    'dist/server/built-from.json',
    JSON.stringify(Object.fromEntries(files.map((file) => [file, stampOf(file)]))),
  )
  const at = (file: string) => join(root, file)
  const entry = () => fileURLToPath(programEntry()).slice(root.length + 1)
  return { at, write, entry, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) }
}

const [built, source] = ['dist/server/main.mjs', 'src/cli/main.ts']

describe('the program that is started', () => {
  test('is the built one while it is what would be built', async () => {
    await using program = await builtProgram()
    expect(program.entry()).toBe(built)
  })

  test('is the source when a file has changed, by as little as its time', async () => {
    await using program = await builtProgram()
    await program.write('src/part.ts', 'export { }')
    expect(program.entry()).toBe(source)
    await using touched = await builtProgram()
    await utimes(touched.at('src/part.ts'), new Date(), new Date(Date.now() + 1000))
    expect(touched.entry()).toBe(source)
  })

  test('is the built one whatever the files, where the build says that none changes', async () => {
    await using program = await builtProgram()
    await program.write('dist/server/built-from.json', '{}')
    await utimes(program.at('src/part.ts'), new Date(), new Date(Date.now() + 1000))
    expect(program.entry()).toBe(built)
  })

  test('is the source when the build was cut off', async () => {
    await using program = await builtProgram()
    await program.write('dist/server/built-from.json', '{"src/cli/main.ts": "17')
    expect(program.entry()).toBe(source)
  })

  test('is the source when a file is gone, or nothing was built', async () => {
    await using program = await builtProgram()
    await rm(program.at('src/part.ts'))
    expect(program.entry()).toBe(source)
    await using bare = await builtProgram()
    await rm(bare.at('dist'), { recursive: true })
    expect(bare.entry()).toBe(source)
  })
})
