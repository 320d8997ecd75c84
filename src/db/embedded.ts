import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedFailed, messageOf } from './embedded/errors.ts'
import { databaseName, type Home, openHome } from './embedded/home.ts'
import {
  ensureDatabase,
  launch,
  type Postmaster,
  runningPostmaster,
  startOnFreePort,
  urlOf,
} from './embedded/postmaster.ts'
import { sendSignal } from './embedded/spawn.ts'

export interface EmbeddedOptions {
  /** Where everything lives: the cluster, its password, its log. Made when missing. */
  readonly folder: string
  /** False trades safety against power cuts for speed: for databases that are thrown away. */
  readonly durable?: boolean
  /** Starts PostgreSQL again, on the same port, when it dies underneath. */
  readonly supervise?: boolean
  /** Called each time PostgreSQL dies without being asked to, or cannot be started again. */
  readonly onExit?: (exit: EmbeddedExit) => void
  /** Called when a process of PostgreSQL was started and is waited for: a good moment for what keeps this one busy. */
  readonly onSpawned?: () => void
}

export interface EmbeddedExit {
  readonly reason: string
  readonly restarting: boolean
}

export interface EmbeddedServer {
  /** With the password in it: not for logs. */
  readonly url: string
  /** The folder held no database before. */
  readonly fresh: boolean
  /** PostgreSQL was running already, left behind by a process that was killed. */
  readonly adopted: boolean
  readonly pid: number
  stop(): Promise<void>
}

const stopDeadlineMs = 30_000
const longestBackOffMs = 5_000

/**
 * Starts the PostgreSQL that npm ships, or adopts one that still runs on the folder, and makes the database.
 * Callers hold lock-folder.ts's lock: one process per folder.
 * @throws EmbeddedUnavailable when there is none for this machine.
 * @throws EmbeddedFailed when the folder cannot be used or the server does not come up.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const home = await openHome(resolve(options.folder), options)
  const postmaster = (await runningPostmaster(home)) ?? (await startOnFreePort(home))
  const server = new Embedded(home, postmaster, options)
  try {
    await ensureDatabase(home, postmaster.port)
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

class Embedded implements EmbeddedServer {
  readonly url: string
  readonly fresh: boolean
  readonly adopted: boolean
  readonly #home: Home
  readonly #options: EmbeddedOptions
  readonly #stopping = new AbortController()
  #postmaster: Postmaster
  #alive = true
  #restarting: Promise<void> | undefined

  constructor(home: Home, postmaster: Postmaster, options: EmbeddedOptions) {
    this.url = urlOf(home, postmaster.port, databaseName)
    this.fresh = home.fresh
    this.adopted = postmaster.adopted
    this.#home = home
    this.#options = options
    this.#postmaster = postmaster
    this.#watch(postmaster)
    // Covers process.exit and uncaught errors; only SIGKILL leaves a server behind, which the next start adopts.
    process.on('exit', this.#interrupt)
  }

  get pid(): number {
    return this.#postmaster.pid
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    process.off('exit', this.#interrupt)
    await this.#restarting
    if (!this.#alive) return
    const { pid, ended } = this.#postmaster
    // Fast shutdown, then shutdown without a checkpoint, then none at all: PostgreSQL recovers from either.
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      sendSignal(pid, signal)
      if (await endsWithin(ended, stopDeadlineMs)) return
    }
    throw new EmbeddedFailed(`PostgreSQL (process ${pid}) does not end.`)
  }

  readonly #interrupt = (): void => {
    if (this.#alive) sendSignal(this.#postmaster.pid, 'SIGINT')
  }

  #watch({ ended }: Postmaster): void {
    this.#alive = true
    void ended.then((reason) => {
      // From here on the id may be a stranger's.
      this.#alive = false
      if (this.#stopping.signal.aborted) return
      const restarting = this.#options.supervise ?? false
      this.#options.onExit?.({ reason, restarting })
      if (restarting) this.#restarting = this.#restart()
    })
  }

  async #restart(): Promise<void> {
    const { signal } = this.#stopping
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        this.#postmaster = await launch(this.#home, this.#postmaster.port)
        return this.#watch(this.#postmaster)
      } catch (error) {
        this.#options.onExit?.({ reason: messageOf(error), restarting: true })
      }
      await sleep(Math.min(100 * 2 ** attempt, longestBackOffMs), undefined, { signal }).catch(() => undefined)
    }
  }
}

async function endsWithin(ended: Promise<string>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false)
  const result = await Promise.race([ended.then(() => true), late])
  timer.abort()
  return result
}
