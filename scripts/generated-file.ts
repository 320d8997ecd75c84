import { mkdir, readFile, writeFile } from 'node:fs/promises'

const root = new URL('../', import.meta.url)

/** Writes a generated file, or with `--check` on the command line exits 1 when it is not what would be written. */
export async function writeGenerated(path: string, text: string): Promise<void> {
  const target = new URL(path, root)
  if (process.argv.includes('--check')) {
    if ((await readFile(target, 'utf8').catch(() => '')) === text) return
    console.error(`${path} is out of date. Run \`npm run gen\`.`)
    process.exit(1)
  }
  await mkdir(new URL('./', target), { recursive: true })
  await writeFile(target, text)
}

export async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string } // our own file
  return version
}
