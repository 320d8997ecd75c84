import { type Database, openDatabase } from '#db/database.ts'
import { FolderInUse, lockFolder } from '#db/lock-folder.ts'
import type { ChangeDeps } from '#db/work.ts'
import type { Config } from '../settings.ts'
import { hasData, readRunning, shownFolder } from './data-folder.ts'
import { exitCodes, Failure } from './failure.ts'

/** What commands that come and go need at most. */
const poolSize = 4

/** A database address, and what has to be undone when it is no longer needed. */
interface Reached extends AsyncDisposable {
  readonly url: string
  /** For people. */
  readonly name: string
}

/**
 * Runs something on the database that the settings name: DATABASE_URL, or the one in the data folder, which is started
 * for the purpose unless dev runs it already.
 */
export async function withDatabase<T>(config: Config, use: (db: Database, name: string) => Promise<T>): Promise<T> {
  await using reached = await reachDatabase(config)
  const db = openDatabase({ url: reached.url, poolSize, onError: ignoreIdleLoss })
  try {
    return await use(db, reached.name)
  } finally {
    await db.close()
  }
}

/** For changes made by a command: the server notices new events by polling. */
export function changeDeps(db: Database): ChangeDeps {
  return { db, clock: () => new Date(), wake: () => undefined }
}

async function reachDatabase({ databaseUrl, data }: Config): Promise<Reached> {
  if (databaseUrl !== undefined) return { url: databaseUrl, name: 'DATABASE_URL', [Symbol.asyncDispose]: nothing }
  if (!(await hasData(data)))
    throw new Failure(
      exitCodes.userError,
      `There is no database in ${shownFolder(data)}. Run "gatehouse dev" to make one, or set DATABASE_URL.`,
    )
  try {
    return await startOwn(data)
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    const running = await readRunning(data)
    if (running?.pid !== error.pid) throw error
    return { url: running.databaseUrl, name: shownFolder(data), [Symbol.asyncDispose]: nothing }
  }
}

async function startOwn(data: string): Promise<Reached> {
  await using undo = new AsyncDisposableStack()
  const lock = await lockFolder(data)
  undo.defer(() => lock.release())
  const { startEmbedded } = await import('#db/embedded.ts')
  const server = await startEmbedded({ folder: data })
  undo.defer(() => server.stop())
  const kept = undo.move()
  return { url: server.url, name: shownFolder(data), [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function nothing(): Promise<void> {
  // A server that somebody else runs is left running.
}

function ignoreIdleLoss(): void {
  // Queries report their own errors; an idle connection that dies has nothing to say.
}
