import { randomBytes } from 'node:crypto'
import type { DirectoryToken, DirectoryTokenCreate, IssuedDirectoryToken } from '#contracts/directories.ts'
import type { EventData } from '#contracts/events.ts'
import type { DirectoryId, DirectoryTokenId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { DirectoryTokens } from '#db/schema.gen.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { Conflict, Invalid, NotFound, violatedConstraint } from '../errors.ts'

const defaultOverlapSeconds = 24 * 60 * 60
const suffixLength = 4

/** Where a token belongs, as far as its objects show it. */
export interface TokenOwner {
  readonly id: DirectoryId
  readonly organization_id: OrganizationId
}

/** Issues a bearer token, or takes over the hash of one that an identity provider has already. */
export async function createToken(
  work: Work,
  directory: TokenOwner,
  input: DirectoryTokenCreate,
): Promise<IssuedDirectoryToken> {
  const value = input.token_sha256 === undefined ? randomBytes(24).toString('base64url') : null
  const row = await work.tx
    .insertInto('directory_tokens')
    .values({
      environment_id: work.environment,
      id: newId('directoryToken', work.now),
      directory_id: directory.id,
      hash: value === null ? Buffer.from(input.token_sha256 ?? '', 'hex') : hashSecret(value),
      token_suffix: value?.slice(-suffixLength) ?? input.token_suffix ?? '',
      expires_at: readExpiry(input.expires_at, work.now),
      created_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (violatedConstraint(error) === 'directory_tokens_hash_key')
        throw new Conflict('This token is in use already.', 'directory_token_already_exists')
      throw error
    })
  work.emit('dsync.token.created', inEvent(row, directory), directory.organization_id)
  return { ...present(row, directory), value }
}

/** Issues a successor; the old token keeps working for the overlap, so that the identity provider can change over. */
export async function rollToken(
  work: Work,
  directory: TokenOwner,
  id: DirectoryTokenId,
  overlapSeconds = defaultOverlapSeconds,
): Promise<IssuedDirectoryToken> {
  const ends = new Date(work.now.getTime() + overlapSeconds * 1000)
  const { numUpdatedRows } = await work.tx
    .updateTable('directory_tokens')
    .set((eb) => ({ expires_at: eb.fn<Date>('least', ['expires_at', eb.val(ends)]) }))
    .where('environment_id', '=', work.environment)
    .where('directory_id', '=', directory.id)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', work.now)]))
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new NotFound('Directory Token', id)
  return createToken(work, directory, {})
}

export async function revokeToken(work: Work, directory: TokenOwner, id: DirectoryTokenId): Promise<void> {
  const row = await work.tx
    .updateTable('directory_tokens')
    .set({ revoked_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('directory_id', '=', directory.id)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new NotFound('Directory Token', id)
  work.emit('dsync.token.revoked', inEvent(row, directory), directory.organization_id)
}

export async function listTokens(
  db: Database,
  environment: EnvironmentId,
  directory: TokenOwner,
  query: PageQuery,
): Promise<Page<DirectoryToken>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('directory_tokens')
      .selectAll()
      .where('environment_id', '=', environment)
      .where('directory_id', '=', directory.id)
      .where('revoked_at', 'is', null)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as DirectoryTokenId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as DirectoryTokenId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map((row) => present(row, directory)), list_metadata }
}

function readExpiry(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null
  const time = new Date(text)
  if (Number.isNaN(time.getTime()) || time <= now)
    throw new Invalid([{ field: 'expires_at', code: 'invalid_date', message: `'${text}' is not a time to come.` }])
  return time
}

type Row = { readonly [Column in keyof DirectoryTokens]: DirectoryTokens[Column] }

function present(row: Row, directory: TokenOwner): DirectoryToken {
  return {
    object: 'directory_token',
    id: row.id,
    directory_id: directory.id,
    organization_id: directory.organization_id,
    token_suffix: row.token_suffix,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    last_used_by: row.last_used_by,
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

function inEvent(row: Row, directory: TokenOwner): EventData<'dsync.token.created'> {
  const { object, id, directory_id, organization_id, token_suffix, created_at } = present(row, directory)
  return { object, id, directory_id, organization_id, token_suffix, created_at }
}
