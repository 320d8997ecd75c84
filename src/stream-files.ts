import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outlets } from '#domain/log-streams/outlets.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants

/**
 * Appends below the folder, in one of the environment's own: tenants cannot meet. A name is a single path segment by
 * contract, and a link is not followed. Resolves when the text is on the disk, since the stream then forgets it.
 */
export function appendBelow(folder: string): NonNullable<Outlets['appendFile']> {
  return async (environment, name, text) => {
    const own = join(folder, environment)
    await mkdir(own, { recursive: true, mode: 0o700 })
    const file = await open(join(own, name), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
    try {
      await file.appendFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
  }
}

/** Resolves when the text has left: a reader that is slow slows the stream, and nothing piles up here. */
export function writeStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
