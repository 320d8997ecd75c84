/**
 * Builds the dashboard into dist/dashboard, every file also compressed. npm runs it after an install; without Vite, as
 * in an install for production, there is nothing to build with and the server says so where the dashboard would be.
 * JavaScript, because npm may run it on a Node that cannot run TypeScript.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { findVite } from './find-vite.mjs'

const web = fileURLToPath(new URL('../web/', import.meta.url))
const assets = fileURLToPath(new URL('../dist/dashboard/assets/', import.meta.url))

const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }

/** @param {string} file */
async function compress(file) {
  const bytes = await readFile(file)
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, brotli))
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
}

const vite = await findVite()
if (vite) {
  await vite.build({ root: web, configFile: `${web}vite.config.ts`, logLevel: 'warn' })
  const names = (await readdir(assets)).filter((name) => /\.(js|css|svg)$/.test(name))
  await Promise.all(names.map((name) => compress(assets + name)))
}
