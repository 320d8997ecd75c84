import type { Child } from './child.ts'
import type { BenchPostgres } from './postgres.ts'
import type { Done } from './rounds.ts'

export interface Timed {
  readonly perSecond: number
  /** Processor time of an operation. */
  readonly serverMs: number
  readonly databaseMs: number
}

/** Runs operations against a program and asks what they cost it and the database. */
export async function timed(child: Child<unknown>, postgres: BenchPostgres, run: () => Promise<Done>): Promise<Timed> {
  const before = { server: child.processorMs(), database: postgres.processorMs() }
  const { operations, seconds } = await run()
  return {
    perSecond: operations / seconds,
    serverMs: (child.processorMs() - before.server) / operations,
    databaseMs: (postgres.processorMs() - before.database) / operations,
  }
}
