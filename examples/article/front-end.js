const { createHash } = require('node:crypto')
const { existsSync } = require('node:fs')
const { mkdir, readFile, readdir, rename, rm } = require('node:fs/promises')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const express = require('express')

const sources = path.join(__dirname, 'src')

/**
 * The React pages, built when the app starts for the first time and again when a source has changed. `render` makes
 * a whole HTML document, so that the page works before, and without, its script.
 *
 * @returns {Promise<{ render: (state: object) => string, sendAsset: (request: object, response: object) => void }>}
 */
exports.buildFrontEnd = async function buildFrontEnd() {
  const version = await fingerprint()
  const folder = path.join(__dirname, 'dist', version)
  if (!existsSync(folder)) await build(folder)
  const { render } = await import(pathToFileURL(path.join(folder, 'server', 'page.mjs')).href)
  const serve = express.static(path.join(folder, 'browser'), { immutable: true, maxAge: '1y', index: false })
  return {
    render: (state) => render(state, version),
    sendAsset: (request, response) => serve(request, response, () => response.sendStatus(404)),
  }
}

async function fingerprint() {
  const hash = createHash('sha256')
  const files = (await readdir(sources)).toSorted().map((name) => path.join(sources, name))
  for (const file of [__filename, ...files]) hash.update(path.basename(file)).update(await readFile(file))
  for (const tool of ['vite', 'react']) hash.update(require(`${tool}/package.json`).version)
  return hash.digest('hex').slice(0, 16)
}

async function build(folder) {
  const started = performance.now()
  const { build: bundle } = await import('vite')
  const { default: react } = await import('@vitejs/plugin-react')
  // Two apps may start at once; each builds for itself and the first to finish stays.
  const draft = `${folder}-${process.pid}`
  const shared = { root: __dirname, configFile: false, logLevel: 'warn', publicDir: false, plugins: [react()] }
  const output = { entryFileNames: '[name].js', assetFileNames: '[name].[ext]' }
  await bundle({
    ...shared,
    build: {
      outDir: path.join(draft, 'browser'),
      rolldownOptions: { input: path.join(sources, 'browser.jsx'), output },
    },
  })
  await bundle({
    ...shared,
    build: {
      ssr: path.join(sources, 'page.jsx'),
      outDir: path.join(draft, 'server'),
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  await mkdir(path.join(__dirname, 'dist'), { recursive: true })
  await rename(draft, folder).catch(async (error) => {
    if (!existsSync(folder)) throw error
    await rm(draft, { recursive: true })
  })
  console.log(`Built the front end in ${((performance.now() - started) / 1000).toFixed(1)} s (only when it changes).`)
}
