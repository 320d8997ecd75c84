import type { Place } from './bind.ts'
import type { Sort } from './sort.ts'
import type { Storage } from './sql.ts'
import { foldSql } from './sql-compare.ts'
import { quoteLiteral } from './sql-fragment.ts'

/**
 * The term of an ORDER BY that puts rows in the order compareBy would. It holds no parameters. Add a unique column
 * behind it: rows that are equal here must not change places between two pages.
 */
export function sortToSql({ place, descending }: Sort, storage: Storage): string {
  const stored = storage.columnOf(place.path)
  const isColumn = stored?.kind === 'column'
  const text = isColumn ? stored.sql : jsonText(place, storage.resource)
  // The RFC's place for missing values is PostgreSQL's default: last, and first when descending.
  return `${typed(place, text, isColumn, isColumn && (stored.folded ?? false))} ${descending ? 'desc' : 'asc'}`
}

function typed({ attribute }: Place, text: string, isColumn: boolean, isFolded: boolean): string {
  const cast = (type: string) => (isColumn ? text : `(${text})::${type}`)
  switch (attribute.type) {
    case 'boolean':
      return cast('boolean')
    case 'dateTime':
      return cast('timestamptz')
    case 'integer':
    case 'decimal':
      return cast('numeric')
    case 'string':
    case 'reference':
    case 'binary':
    case 'complex':
    case 'any':
      return `(${attribute.caseExact || isFolded ? text : foldSql(text)}) collate "C"`
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
