import type { Environment } from '#contracts/environments.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { authenticateApiKey, createApiKey } from '../environments/api-keys.ts'
import { createEnvironment, listEnvironments } from '../environments/create.ts'
import { generateFirstKeys } from '../environments/signing-keys.ts'
import { Conflict } from '../errors.ts'
import { redirectUris } from '../redirects/families.ts'
import { createUri } from '../redirects/uris.ts'
import { plantSample, type Sample } from './sample.ts'

/** Any number will do as long as nothing else in the database uses it. */
const bootstrapLock = 7_240_102

export interface BootstrapDeps extends ChangeDeps {
  readonly secrets: Secrets
}

export interface Bootstrapped {
  readonly staging: Environment
  readonly production: Environment
  /** Whether the environments were made now. */
  readonly fresh: boolean
}

/**
 * Makes the first environments, Staging and Production, where there are none. Several servers may start on an empty
 * database at once: one of them makes the environments and the others find them.
 * @param sample planted with Staging, in the same transaction: what people remove later does not come back.
 */
export async function bootstrap(deps: BootstrapDeps, sample?: Sample): Promise<Bootstrapped> {
  const existing = await findEnvironments(deps.db)
  if (existing) return { ...existing, fresh: false }
  return alone(deps.db, async () => {
    const meanwhile = await findEnvironments(deps.db)
    if (meanwhile) return { ...meanwhile, fresh: false }
    const staging = await createFirst(deps, 'staging', sample)
    const production = await createFirst(deps, 'production')
    return { staging, production, fresh: true }
  })
}

/**
 * Makes sure that a key with this value opens this environment.
 * @returns false when it cannot: the value was revoked, or opens another environment.
 */
export async function ensureApiKey(deps: ChangeDeps, environment: Environment, value: string): Promise<boolean> {
  const found = await authenticateApiKey(deps.db, value, deps.clock())
  if (found) return found.environment_id === environment.id
  try {
    await change(deps, { environment: environment.id }, (work) =>
      createApiKey(work, environment.kind, { name: 'Development', value }),
    )
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}

/** Makes sure that people may be sent to this address after signing in. */
export async function ensureRedirectUri(deps: ChangeDeps, environment: Environment, uri: string): Promise<void> {
  await change(deps, { environment: environment.id }, async (work) => {
    const known = await work.tx
      .selectFrom('redirect_uris')
      .select('id')
      .where('environment_id', '=', environment.id)
      .where('uri', '=', uri)
      .executeTakeFirst()
    if (!known) await createUri(work, redirectUris, environment.kind, { uri })
  })
}

/** The oldest environment of each kind: the ones made here. */
async function findEnvironments(db: Database): Promise<Pick<Bootstrapped, 'staging' | 'production'> | undefined> {
  const environments = await listEnvironments(db)
  const staging = environments.find((environment) => environment.kind === 'staging')
  const production = environments.find((environment) => environment.kind === 'production')
  return staging && production && { staging, production }
}

async function createFirst(deps: BootstrapDeps, kind: 'staging' | 'production', sample?: Sample): Promise<Environment> {
  const existing = (await listEnvironments(deps.db)).find((environment) => environment.kind === kind)
  if (existing) return existing
  const keys = await generateFirstKeys()
  return change(deps, { environment: newId('environment', deps.clock()) }, async (work) => {
    const name = kind === 'staging' ? 'Staging' : 'Production'
    const environment = await createEnvironment(work, deps.secrets, { name, kind }, keys)
    if (sample) await plantSample(work, kind, sample)
    return environment
  })
}

async function alone<T>(db: Database, act: () => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [bootstrapLock])
    return await act()
  } finally {
    // A broken connection has released the lock already; a working one must not go back to the pool holding it.
    await client.query('select pg_advisory_unlock($1)', [bootstrapLock]).catch(() => undefined)
    client.release()
  }
}
