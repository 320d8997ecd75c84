import type { Environment } from '#contracts/environments.ts'
import type { ClientId, EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { NotFound } from '../errors.ts'
import { createDefaultRole } from '../roles/default-role.ts'
import { createSigningKeys, type FirstKeys, generateFirstKeys } from './signing-keys.ts'

export interface NewEnvironment {
  readonly name: string
  readonly kind: 'staging' | 'production'
  /** Pinned by seeds; random otherwise. */
  readonly clientId?: string
}

/**
 * Makes the tenant that the unit of work is for, complete with its signing keys. The id is the work's own:
 * `change(deps, { environment: newId('environment', now) }, (work) => createEnvironment(work, secrets, …))`.
 * @param keys made before the transaction began, see {@link generateFirstKeys}.
 */
export async function createEnvironment(
  work: Work,
  secrets: Secrets,
  environment: NewEnvironment,
  keys: FirstKeys,
): Promise<Environment> {
  const row = await work.tx
    .insertInto('environments')
    .values({
      id: work.environment,
      name: environment.name,
      kind: environment.kind,
      client_id: (environment.clientId ?? newId('client', work.now)) as `client_${string}`, // old installs pin `project_…` too
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await createSigningKeys(work, secrets, keys)
  await createDefaultRole(work)
  return presentEnvironment(row)
}

/** Makes a tenant of its own. */
export async function makeEnvironment(
  deps: ChangeDeps & { readonly secrets: Secrets },
  environment: NewEnvironment,
): Promise<Environment> {
  const keys = await generateFirstKeys()
  return change(deps, { environment: newId('environment', deps.clock()) }, (work) =>
    createEnvironment(work, deps.secrets, environment, keys),
  )
}

export async function readEnvironment(db: Database, id: EnvironmentId): Promise<Environment> {
  const row = await db.kysely.selectFrom('environments').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Environment', id)
  return presentEnvironment(row)
}

/** @throws NotFound for a client id of no environment. */
export async function readEnvironmentByClient(db: Database, clientId: string): Promise<Environment> {
  const row = await db.kysely
    .selectFrom('environments')
    .selectAll()
    .where('client_id', '=', clientId as ClientId) // any text may be asked for
    .executeTakeFirst()
  if (!row) throw new NotFound('Client', clientId)
  return presentEnvironment(row)
}

export async function listEnvironments(db: Database): Promise<Environment[]> {
  const rows = await db.kysely.selectFrom('environments').selectAll().orderBy('id').execute()
  return rows.map(presentEnvironment)
}

export function presentEnvironment(row: {
  id: EnvironmentId
  name: string
  kind: 'staging' | 'production'
  client_id: string
  keep_inactive_directory_users: boolean
  created_at: Date
  updated_at: Date
}): Environment {
  return {
    object: 'environment',
    id: row.id,
    name: row.name,
    kind: row.kind,
    client_id: row.client_id,
    keep_inactive_directory_users: row.keep_inactive_directory_users,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
