/**
 * Builds the program into dist/server: its files, and the libraries that come as many files, as a few. Nothing needs it;
 * it starts faster and takes less memory than the source, which bin/gatehouse.mjs runs where this is missing or old.
 * npm runs it after an install; without Vite, as in an install for production, there is nothing to build with.
 * With --unchanging, for an image, it is used always: nobody edits the files there, and copying them changes their times.
 * JavaScript, because npm may run it on a Node that cannot run TypeScript.
 */
import { rm, writeFile } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stampOf } from '../bin/built-server.mjs'
import { findVite } from './find-vite.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = fileURLToPath(new URL('../dist/server/', import.meta.url))
const source = `${root}src${sep}`

/** @param {string} file */
const fromRoot = (file) => relative(root, file).replaceAll(sep, '/')

/** What a module finds beside itself it finds there still: migrations, word lists, the program's version. */
const ownUrls = {
  name: 'own-urls',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!id.startsWith(source) || !code.includes('import.meta.url')) return undefined
    const here = relative(folder, id).replaceAll(sep, '/')
    return { code: code.replaceAll('import.meta.url', `new URL('${here}', import.meta.url).href`), map: null }
  },
}

/** @type {Record<string, string>} */
const builtFrom = { 'package-lock.json': stampOf('package-lock.json') }
const listSources = {
  name: 'list-sources',
  /** @param {string} id */
  load(id) {
    if (id.startsWith(source)) builtFrom[fromRoot(id)] = stampOf(fromRoot(id))
  },
}

const vite = await findVite()
if (vite) {
  await rm(folder, { recursive: true, force: true })
  await vite.build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [listSources, ownUrls],
    ssr: { noExternal: ['typebox', 'kysely', 'hono', 'oauth4webapi', 'ulid', 'yaml'] },
    build: {
      ssr: 'src/cli/main.ts',
      outDir: folder,
      target: 'node24',
      // Stack traces are read by people.
      minify: false,
      rolldownOptions: { output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' } },
    },
  })
  const watched = process.argv.includes('--unchanging') ? {} : builtFrom
  await writeFile(`${folder}built-from.json`, JSON.stringify(watched))
}
