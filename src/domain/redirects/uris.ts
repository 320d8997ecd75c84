import type { EnvironmentId, RedirectUriId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { LogoutUri, RedirectUri } from '#contracts/redirects.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { Conflict, NotFound, violatedConstraint } from '../errors.ts'
import type { Family, UriRow } from './families.ts'
import { requireAllowed } from './refuse.ts'
import { checkDefault, checkRedirect, type EnvironmentKind } from './rules.ts'

type Shown = RedirectUri | LogoutUri
type AnyFamily = Pick<Family<Shown>, 'table' | 'noun' | 'needsDefault' | 'duplicate'>

export interface UriChange {
  readonly uri?: string
  readonly default?: boolean
}

export async function listUris<S extends Shown>(
  db: Database,
  environment: EnvironmentId,
  family: Family<S>,
  query: PageQuery,
): Promise<Page<S>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom(tableOf(family))
      .selectAll()
      .where('environment_id', '=', environment)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as RedirectUriId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as RedirectUriId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(family.present), list_metadata }
}

/** The first address that can be the default becomes it, whatever is asked. */
export async function createUri<S extends Shown>(
  work: Work,
  family: Family<S>,
  kind: EnvironmentKind,
  input: UriChange & { readonly uri: string },
): Promise<S> {
  requireRegistrable(input.uri, kind)
  if (input.default) requireDefaultable(input.uri)
  const current = await lockDefault(work, family)
  const isDefault = input.default === true || (!current && checkDefault(input.uri).ok)
  if (isDefault && current) await undefault(work, family, current)
  const row = await work.tx
    .insertInto(tableOf(family))
    .values({
      environment_id: work.environment,
      id: family.newId(work.now) as string as RedirectUriId, // the id type of the family's own table
      uri: input.uri,
      is_default: isDefault,
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(explainDuplicate(family, input.uri))
  return family.present(row)
}

/** Fields left out keep their value; making one the default unmakes the other. */
export async function updateUri<S extends Shown>(
  work: Work,
  family: Family<S>,
  kind: EnvironmentKind,
  id: S['id'],
  input: UriChange,
): Promise<S> {
  const current = await lockDefault(work, family)
  const row = await readRow(work, family, id)
  const uri = input.uri ?? row.uri
  if (uri !== row.uri) requireRegistrable(uri, kind)
  const isDefault = input.default ?? (row.is_default || (!current && checkDefault(uri).ok))
  if (isDefault) requireDefaultable(uri)
  else if (row.is_default && family.needsDefault) throw defaultRequired()
  if (uri === row.uri && isDefault === row.is_default) return family.present(row)

  // The other one first: the unique index allows no moment with two.
  if (isDefault && current && current.id !== row.id) await undefault(work, family, current)
  const updated = await work.tx
    .updateTable(tableOf(family))
    .set({ uri, is_default: isDefault, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(explainDuplicate(family, uri))
  return family.present(updated)
}

/** @throws Conflict `default_redirect_uri_required` for the default redirect URI while there are others. */
export async function removeUri<S extends Shown>(work: Work, family: Family<S>, id: S['id']): Promise<void> {
  await lockDefault(work, family)
  const row = await readRow(work, family, id)
  if (row.is_default && family.needsDefault && (await hasOthers(work, family, row))) throw defaultRequired()
  await work.tx
    .deleteFrom(tableOf(family))
    .where('environment_id', '=', work.environment)
    .where('id', '=', row.id)
    .execute()
}

/** Reads the default after making sure that nobody else in this environment is choosing one. */
async function lockDefault(work: Work, family: AnyFamily): Promise<UriRow | undefined> {
  await work.tx
    .selectFrom('environments')
    .select('id')
    .where('id', '=', work.environment)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  return work.tx
    .selectFrom(tableOf(family))
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('is_default', '=', true)
    .executeTakeFirst()
}

async function undefault(work: Work, family: AnyFamily, row: UriRow): Promise<void> {
  await work.tx
    .updateTable(tableOf(family))
    .set({ is_default: false, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', row.id)
    .execute()
}

async function readRow(work: Work, family: AnyFamily, id: string): Promise<UriRow> {
  const row = await work.tx
    .selectFrom(tableOf(family))
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('id', '=', id as RedirectUriId) // an id of another kind finds nothing
    .executeTakeFirst()
  if (!row) throw new NotFound(family.noun, id)
  return row
}

async function hasOthers(work: Work, family: AnyFamily, row: UriRow): Promise<boolean> {
  const other = await work.tx
    .selectFrom(tableOf(family))
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '!=', row.id)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

function tableOf(family: AnyFamily): 'redirect_uris' {
  return family.table as 'redirect_uris' // logout_uris has the same columns, so one table types the queries of both
}

function requireRegistrable(uri: string, kind: EnvironmentKind): void {
  requireAllowed('uri', uri, checkRedirect(uri, { kind, wildcard: true, query: false }))
}

function requireDefaultable(uri: string): void {
  requireAllowed('uri', uri, checkDefault(uri))
}

function explainDuplicate(family: AnyFamily, uri: string): (error: unknown) => never {
  return (error) => {
    throw violatedConstraint(error) === `${family.table}_environment_id_uri_key` ? family.duplicate(uri) : error
  }
}

function defaultRequired(): Conflict {
  return new Conflict(
    'This is the default redirect URI. Make another one the default first.',
    'default_redirect_uri_required',
  )
}
