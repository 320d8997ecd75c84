// The program in few files, as scripts/build-server.mjs leaves it: starting it takes half the time of reading each of
// its files. It is used only while it is what would be built of them.
import { readFileSync, statSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const folder = new URL('dist/server/', root)
const listed = new URL('built-from.json', folder)

/** @returns {string} tells two states of a file apart; empty when it is not there. */
export function stampOf(/** @type {string} */ file) {
  const stats = statSync(new URL(file, root), { throwIfNoEntry: false })
  return stats ? `${stats.mtimeMs} ${stats.size}` : ''
}

/** @returns {string} the entry to import: of the built program, or of its source when that has changed since. */
export function programEntry() {
  const built = new URL('main.mjs', folder)
  return isCurrent() ? built.href : new URL('src/cli/main.ts', root).href
}

function isCurrent() {
  const stamps = readStamps()
  return stamps !== undefined && Object.entries(stamps).every(([file, stamp]) => stampOf(file) === stamp)
}

/** @returns {Record<string, string> | undefined} nothing for a build that never ended, however far it came. */
function readStamps() {
  try {
    return JSON.parse(readFileSync(listed, 'utf8'))
  } catch {
    return undefined
  }
}
