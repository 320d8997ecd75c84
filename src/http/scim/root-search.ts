import type { Found } from '#domain/directories/search.ts'
import { ScimRefused } from '#domain/directories/refused.ts'
import type { Result } from '#protocols/result.ts'
import { badRequest, type ScimError } from '#protocols/scim/errors.ts'
import type { Paging } from '#protocols/scim/list.ts'
import type { Query } from '#protocols/scim/query.ts'
import type { ResourceType } from '#protocols/scim/schema.ts'
import type { Door, ScimDeps } from './door.ts'
import { groups, type Kind, type Shown, users } from './kinds.ts'

/** A resource of either kind, with what the client wants to see of such. */
export interface Either {
  readonly kind: Kind
  readonly shown: Shown
  readonly projection: Query['projection']
}

/** Says which kind a cursor goes on with; behind it is that kind's own, or nothing for its first page. */
const cursorForm = /^([ug])~(.*)$/

/**
 * RFC 7644 §3.4.2.1: a search of all resources, users first. A name that a kind has not is one without a value there.
 * @param parse reads the request as one about resources of this type.
 */
export async function searchRoot(
  deps: ScimDeps,
  { directory }: Door,
  parse: (type: ResourceType) => Result<Query, ScimError>,
): Promise<Found<Either> & { readonly paging: Paging }> {
  const ofUsers = demand(parse(users.type))
  // Before the other kind is asked, which may have nothing of that name to sort by.
  if (ofUsers.sort)
    throw new ScimRefused(badRequest('invalidValue', 'Sort resources of one kind: ask /Users or /Groups.'))
  const ofGroups = demand(parse(groups.type))
  const { paging } = ofUsers
  const search = async (kind: Kind, page: Paging): Promise<Found<Either>> => {
    const query = kind === users ? ofUsers : ofGroups
    const found = await kind.search(deps, directory, { ...query, paging: page })
    return { ...found, rows: found.rows.map((shown) => ({ kind, shown, projection: query.projection })) }
  }
  const found = paging.kind === 'index' ? await byIndex(search, paging) : await byCursor(search, paging)
  return { ...found, paging }
}

type Search = (kind: Kind, paging: Paging) => Promise<Found<Either>>

async function byIndex(search: Search, paging: Paging & { kind: 'index' }): Promise<Found<Either>> {
  const first = await search(users, paging)
  const second = await search(groups, {
    kind: 'index',
    startIndex: Math.max(1, paging.startIndex - first.totalResults),
    count: paging.count - first.rows.length,
  })
  return { rows: [...first.rows, ...second.rows], totalResults: first.totalResults + second.totalResults }
}

async function byCursor(search: Search, { cursor, count }: Paging & { kind: 'cursor' }): Promise<Found<Either>> {
  const [, letter, own] = cursor === undefined ? ['', 'u', ''] : (cursorForm.exec(cursor) ?? [])
  if (letter === undefined) throw new ScimRefused(badRequest('invalidCursor', 'This cursor was not given out here.'))
  const [kind, other] = letter === 'u' ? [users, groups] : [groups, users]
  const found = await search(kind, { kind: 'cursor', count, ...(own && { cursor: own }) })
  const { totalResults } = await search(other, { kind: 'cursor', count: 0 })
  const next =
    found.nextCursor === undefined
      ? kind === users && count > 0 && totalResults > 0
        ? 'g~'
        : undefined
      : `${letter}~${found.nextCursor}`
  return {
    rows: found.rows,
    totalResults: found.totalResults + totalResults,
    ...(next !== undefined && { nextCursor: next }),
  }
}

function demand<T>(result: Result<T, ScimError>): T {
  if (!result.ok) throw new ScimRefused(result.error)
  return result.value
}
