import type { Environment } from '#contracts/environments.ts'
import type { Database } from '#db/database.ts'
import { listEnvironments } from '#domain/environments/create.ts'
import { exitCodes, Failure } from './failure.ts'

/** @param name of an environment, in any case; or its kind, or its id. */
export async function findEnvironment(db: Database, name: string): Promise<Environment> {
  const environments = await listEnvironments(db).catch((error: unknown) => {
    // PostgreSQL's undefined_table.
    if (error instanceof Error && 'code' in error && error.code === '42P01') return []
    throw error
  })
  const wanted = name.toLowerCase()
  const found =
    environments.find(({ id }) => id === name) ??
    environments.find((environment) => environment.name.toLowerCase() === wanted || environment.kind === wanted)
  if (found) return found
  if (environments.length === 0)
    throw new Failure(
      exitCodes.userError,
      'There are no environments yet: "gatehouse dev" or "gatehouse start" makes them.',
    )
  const known = environments.map((environment) => environment.name).join(', ')
  throw new Failure(exitCodes.userError, `There is no environment "${name}". There are: ${known}.`)
}
