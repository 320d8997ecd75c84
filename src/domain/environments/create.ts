import type { Environment } from '#contracts/environments.ts'
import type { ClientId, EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { NotFound } from '../errors.ts'

export interface NewEnvironment {
  readonly name: string
  readonly kind: 'staging' | 'production'
  /** Pinned by seeds; random otherwise. */
  readonly id?: EnvironmentId
  readonly clientId?: string
}

/** Makes a tenant. It has no keys, redirects or events yet, so it needs no unit of work. */
export async function createEnvironment(db: Database, environment: NewEnvironment, now: Date): Promise<Environment> {
  const row = await db.kysely
    .insertInto('environments')
    .values({
      id: environment.id ?? newId('environment', now),
      name: environment.name,
      kind: environment.kind,
      client_id: (environment.clientId ?? newId('client', now)) as `client_${string}`, // old installs pin `project_…` too
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return present(row)
}

export async function readEnvironment(db: Database, id: EnvironmentId): Promise<Environment> {
  const row = await db.kysely.selectFrom('environments').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Environment', id)
  return present(row)
}

/** @throws NotFound for a client id of no environment. */
export async function readEnvironmentByClient(db: Database, clientId: string): Promise<Environment> {
  const row = await db.kysely
    .selectFrom('environments')
    .selectAll()
    .where('client_id', '=', clientId as ClientId) // any text may be asked for
    .executeTakeFirst()
  if (!row) throw new NotFound('Client', clientId)
  return present(row)
}

export async function listEnvironments(db: Database): Promise<Environment[]> {
  const rows = await db.kysely.selectFrom('environments').selectAll().orderBy('id').execute()
  return rows.map(present)
}

function present(row: {
  id: EnvironmentId
  name: string
  kind: 'staging' | 'production'
  client_id: string
  created_at: Date
  updated_at: Date
}): Environment {
  return {
    object: 'environment',
    id: row.id,
    name: row.name,
    kind: row.kind,
    client_id: row.client_id,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
