import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Writes a file only its owner can read, at once and in the order of the calls; a rename never leaves half of one. */
export function writePrivately(path: string, text: string): void {
  // One left behind by a crash would keep its own mode.
  rmSync(`${path}.new`, { force: true })
  writeFileSync(`${path}.new`, text, { mode: 0o600, flag: 'wx' })
  renameSync(`${path}.new`, path)
}
