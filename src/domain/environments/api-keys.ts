import { createHash, randomBytes } from 'node:crypto'
import type { ApiKey, IssuedApiKey } from '#contracts/environments.ts'
import type { ApiKeyId, EnvironmentId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { ApiKeys } from '#db/schema.gen.ts'
import type { Work } from '#db/work.ts'
import { Conflict, NotFound, violatedConstraint } from '../errors.ts'

const defaultOverlapSeconds = 24 * 60 * 60

/** Keys carry 192 random bits, so one round of SHA-256 is as good as a slow hash, and look-ups stay cheap. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** The environment a caller acts for, and what it said before under the same idempotency key. */
export interface Authenticated {
  readonly environment_id: EnvironmentId
  readonly api_key_id: ApiKeyId
  readonly client_id: string
  readonly kind: 'staging' | 'production'
  readonly previous_hash: Buffer | null
  readonly previous_status: number | null
  readonly previous_answer: string | null
}

const authenticate = prepared<[Buffer, Date, string | null, string | null], Authenticated>(
  'authenticate-api-key',
  `select k.environment_id, k.id as api_key_id, e.client_id, e.kind,
     i.request_hash as previous_hash, i.status as previous_status, i.answer as previous_answer
   from api_keys k
   join environments e on e.id = k.environment_id
   left join idempotency_keys i on i.environment_id = k.environment_id and i.key = $3 and i.route = $4
   where k.hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)`,
)

/**
 * Finds who a key belongs to, and with an idempotency key the answer remembered under it: one round trip.
 * @returns undefined for a key that is unknown, revoked or past its overlap.
 */
export async function authenticateApiKey(
  db: Database,
  key: string,
  now: Date,
  idempotency?: { readonly key: string; readonly route: string },
): Promise<Authenticated | undefined> {
  const [row] = await authenticate(
    db.lookUps,
    hashSecret(key),
    now,
    idempotency?.key ?? null,
    idempotency?.route ?? null,
  )
  return row
}

export interface NewApiKey {
  readonly name: string
  /** A key to use instead of a random one: seeds and development only. */
  readonly value?: string
}

export async function createApiKey(work: Work, kind: 'staging' | 'production', key: NewApiKey): Promise<IssuedApiKey> {
  const value = key.value ?? `sk_${kind === 'production' ? 'live' : 'test'}_${randomBytes(24).toString('base64url')}`
  const row = await work.tx
    .insertInto('api_keys')
    .values({
      environment_id: work.environment,
      id: newId('apiKey', work.now),
      name: key.name,
      hash: hashSecret(value),
      obfuscated_value: obfuscate(value),
      created_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (violatedConstraint(error) === 'api_keys_hash_key') throw new Conflict('This API key is in use already.')
      throw error
    })
  return { ...present(row), value }
}

/** Issues a successor to a working key, which keeps working for the overlap: deployments can change over. */
export async function rollApiKey(
  work: Work,
  kind: 'staging' | 'production',
  id: ApiKeyId,
  overlapSeconds = defaultOverlapSeconds,
): Promise<IssuedApiKey> {
  const expires = new Date(work.now.getTime() + overlapSeconds * 1000)
  const old = await work.tx
    .updateTable('api_keys')
    .set((eb) => ({ expires_at: eb.fn<Date>('least', ['expires_at', eb.val(expires)]) }))
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', work.now)]))
    .returning('name')
    .executeTakeFirst()
  if (!old) throw new NotFound('API Key', id)
  return createApiKey(work, kind, { name: old.name })
}

export async function revokeApiKey(work: Work, id: ApiKeyId): Promise<void> {
  const { numUpdatedRows } = await work.tx
    .updateTable('api_keys')
    .set({ revoked_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new NotFound('API Key', id)
}

export async function listApiKeys(db: Database, environment: EnvironmentId, query: PageQuery): Promise<Page<ApiKey>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('api_keys')
      .selectAll()
      .where('environment_id', '=', environment)
      .where('revoked_at', 'is', null)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as ApiKeyId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as ApiKeyId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(present), list_metadata }
}

/** Notes who used which keys when; one statement for everything collected since the last call. */
export async function recordKeyUse(db: Database, uses: readonly KeyUse[]): Promise<void> {
  await db.pool.query(
    `update api_keys k set last_used_at = greatest(k.last_used_at, u.at), last_used_by = u.client
     from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) as u (environment_id, id, at, client)
     where k.environment_id = u.environment_id and k.id = u.id`,
    [
      uses.map((use) => use.environment),
      uses.map((use) => use.id),
      uses.map((use) => use.at),
      uses.map((use) => use.client),
    ],
  )
}

export interface KeyUse {
  readonly environment: EnvironmentId
  readonly id: ApiKeyId
  readonly at: Date
  /** First product of the User-Agent header. */
  readonly client: string | null
}

function obfuscate(value: string): string {
  const prefix = /^sk_(?:test|live)_/.exec(value)?.[0] ?? ''
  return `${prefix}…${value.slice(-4)}`
}

type Row = { [Column in keyof ApiKeys]: ApiKeys[Column] }

function present(row: Row): ApiKey {
  return {
    object: 'environment_api_key',
    id: row.id,
    environment_id: row.environment_id,
    name: row.name,
    obfuscated_value: row.obfuscated_value,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    last_used_by: row.last_used_by,
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}
