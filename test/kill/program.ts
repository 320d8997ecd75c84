import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '#db/database.ts'
import { type EmbeddedServer, startEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import { newId } from '#db/new-id.ts'
import { change, type Work } from '#db/work.ts'
import { Secrets } from '#protocols/envelope.ts'
import { spawnServer } from './spawn-server.ts'

/** A server and its database in processes of their own, both there to be killed. */
export class Program {
  readonly #folder: string
  readonly #key = randomBytes(32)
  readonly #started: ChildProcess[] = []
  readonly #database: EmbeddedServer
  #server: ChildProcess | undefined
  #url = ''

  private constructor(folder: string, database: EmbeddedServer) {
    this.#folder = folder
    this.#database = database
  }

  static async start(): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-kill-'))
    return new Program(folder, await startEmbedded({ folder, supervise: true }))
  }

  /** Of the server that runs now, or ran last. */
  get url(): string {
    return this.#url
  }

  /** Migrates, and makes an environment with what a test needs there. */
  async prepare<T>(make: (work: Work, secrets: Secrets) => Promise<T>): Promise<T> {
    const db = openDatabase({ url: this.#database.url, poolSize: 2, onError: () => undefined })
    try {
      await migrate(db.pool)
      const deps = { db, clock: () => new Date(), wake: () => undefined }
      const scope = { environment: newId('environment', new Date()) }
      return await change(deps, scope, (work) => make(work, new Secrets([this.#key])))
    } finally {
      await db.close()
    }
  }

  async startServer(): Promise<void> {
    const { process: child, url } = spawnServer(this.#database.url, this.#key)
    this.#started.push(child)
    this.#server = child
    this.#url = await url
  }

  killServer(): void {
    this.#server?.kill('SIGKILL')
  }

  /** It recovers from the log it wrote ahead and is there again at the same address; the server runs on throughout. */
  async killDatabase(): Promise<void> {
    const { pid } = this.#database
    process.kill(pid, 'SIGKILL')
    while (this.#database.pid === pid) await pause(20)
  }

  async close(): Promise<void> {
    for (const child of this.#started) child.kill('SIGKILL')
    await this.#database.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
