import type { Place } from './bind.ts'
import type { Sort } from './sort.ts'
import type { Storage } from './sql.ts'
import { foldSql } from './sql-compare.ts'
import { quoteLiteral } from './sql-fragment.ts'

/** By what rows are sorted: an expression without parameters, and how its values are carried in a cursor. */
export interface SortKey {
  /** Canonical, as in `name.familyName`. */
  readonly path: string
  readonly sql: string
  readonly type: 'boolean' | 'numeric' | 'text'
  readonly descending: boolean
}

/** So much of a text decides about order where pages come by cursor: a cursor has to carry it. */
const carriedLength = 150

/**
 * Puts rows in the order compareBy would. Add a unique column behind it: rows that are equal here must not change places
 * between two pages. The RFC's place for missing values is PostgreSQL's default: last, and first when descending.
 */
export function sortKey({ place, descending }: Sort, storage: Storage): SortKey {
  const stored = storage.columnOf(place.path)
  const isColumn = stored?.kind === 'column'
  const text = isColumn ? stored.sql : jsonText(place, storage.resource)
  return { path: place.path, ...typed(place, text, isColumn, isColumn && (stored.folded ?? false)), descending }
}

/** A key that a cursor can carry. */
export function carriedKey(key: SortKey): SortKey {
  return key.type === 'text' ? { ...key, sql: `left(${key.sql}, ${carriedLength})` } : key
}

/** The term of an ORDER BY. */
export function orderBy({ sql, type, descending }: SortKey): string {
  return `${sql}${type === 'text' ? ' collate "C"' : ''} ${descending ? 'desc' : 'asc'}`
}

/**
 * Holds for rows that come after one with this value and this unique number.
 * @param value a placeholder for the value as text; absent when that row has none.
 * @param unique what breaks ties: the column, and a placeholder for its value in that row.
 */
export function comesAfter({ sql, type, descending }: SortKey, value: string | undefined, unique: [string, string]) {
  const later = `${unique[0]} > ${unique[1]}::bigint`
  if (value === undefined) {
    const isNull = `(${sql}) is null`
    return descending ? `(not ${isNull} or ${later})` : `(${isNull} and ${later})`
  }
  const [key, given] = [`(${sql})${type === 'text' ? ' collate "C"' : ''}`, `${value}::${type}`]
  const beyond = `${key} ${descending ? '<' : '>'} ${given} or (${key} = ${given} and ${later})`
  return descending ? `(${beyond})` : `(${beyond} or (${sql}) is null)`
}

function typed(
  { attribute }: Place,
  text: string,
  isColumn: boolean,
  isFolded: boolean,
): Pick<SortKey, 'sql' | 'type'> {
  const cast = (type: string) => (isColumn ? text : `(${text})::${type}`)
  switch (attribute.type) {
    case 'boolean':
      return { sql: cast('boolean'), type: 'boolean' }
    case 'dateTime':
      // As a number it goes through a cursor without loss.
      return { sql: `extract(epoch from ${cast('timestamptz')})`, type: 'numeric' }
    case 'integer':
    case 'decimal':
      return { sql: cast('numeric'), type: 'numeric' }
    case 'string':
    case 'reference':
    case 'binary':
    case 'complex':
    case 'any':
      return { sql: attribute.caseExact || isFolded ? `(${text})` : foldSql(text), type: 'text' }
    default:
      return attribute.type satisfies never
  }
}

function jsonText({ steps }: Place, resource: string): string {
  const [first, ...rest] = steps.map(({ key }) => JSON.stringify(key))
  const all = quoteLiteral(`$.${first ?? ''}[*]`)
  const primary = quoteLiteral(`$.${first ?? ''}[*] ? (@."primary" == true)`)
  const chosen = `coalesce(jsonb_path_query_first(${resource}, ${primary}), jsonb_path_query_first(${resource}, ${all}))`
  return `(${chosen} #>> ${quoteLiteral(`{${rest.join(',')}}`)})`
}
