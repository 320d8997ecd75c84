import type { BoundFilter, Comparison, Place, Step } from './bind.ts'
import { foldCase } from './compare-text.ts'
import { compareColumn, fold } from './sql-compare.ts'
import { type Fragment, fragment, joinFragments, numberPlaceholders, quoteLiteral, trusted } from './sql-fragment.ts'

/** A column with the values of one attribute. `sql` is ours and goes into the statement as it is. */
export interface Column {
  readonly kind: 'column'
  readonly sql: string
  /** Whether the column holds `foldCase` of the value. */
  readonly folded?: boolean
}

/** A `text[]` column with all values of a multi-valued attribute, empty when there are none. */
export interface ArrayColumn {
  readonly kind: 'array'
  readonly sql: string
  readonly folded?: boolean
}

/** Elements of a multi-valued attribute kept as rows of a table of their own. */
export interface Rows {
  readonly kind: 'rows'
  /** What follows `from`: `group_members m`. */
  readonly from: string
  /** What ties the rows to the resource: `m.group_id = g.id`. */
  readonly where: string
  /** The columns of the sub-attributes by their names: `value`. Others have no values. */
  readonly columns: Readonly<Record<string, Column>>
}

/** Where resources are kept. */
export interface Storage {
  /** The jsonb column with the whole resource, for everything that has no place of its own. */
  readonly resource: string
  /** @param path canonical: `userName`, `meta.created`, `emails.value`, `members`, `urn:…:User:department`. */
  columnOf(path: string): Column | ArrayColumn | Rows | undefined
}

export interface SqlCondition {
  readonly text: string
  readonly values: readonly unknown[]
  /** `text` split at its placeholders, for query builders that number them themselves. */
  readonly parts: readonly string[]
}

/**
 * The filter as a condition that holds for the rows match.ts would match. It can be NULL where match.ts says false, so
 * use it in a WHERE or behind `is true`.
 *
 * @param offset how many placeholders the statement has before it.
 */
export function filterToSql(filter: BoundFilter, storage: Storage, offset = 0): SqlCondition {
  const condition = toCondition(filter, inResource(storage))
  return { text: numberPlaceholders(condition, offset), values: condition.values, parts: condition.parts }
}

/** Where the names of a filter are looked up: a resource, an element of one, or a row. */
interface Scope {
  /** A jsonb expression, absent for rows. */
  readonly json?: Fragment
  columnOf(path: string): Column | ArrayColumn | Rows | undefined
  /** Aliases in nested queries must differ from those outside. */
  readonly depth: number
}

function inResource(storage: Storage): Scope {
  return { json: trusted(storage.resource), columnOf: (path) => storage.columnOf(path), depth: 0 }
}

const never = trusted('false')

function toCondition(filter: BoundFilter, scope: Scope): Fragment {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const each = filter.filters.map((inner) => toCondition(inner, scope))
      return fragment`(${joinFragments(each, ` ${filter.kind} `)})`
    }
    case 'not':
      // Not `not`: what compares with a missing value is NULL, and its negation has to be true.
      return fragment`((${toCondition(filter.filter, scope)}) is not true)`
    case 'present':
      return present(filter.place, scope)
    case 'compare':
      return compare(filter.place, filter.comparison, scope)
    case 'elements':
      return elements(filter.place, filter.filter, scope)
    case 'never':
      return never
    default:
      return filter satisfies never
  }
}

function present(place: Place, scope: Scope): Fragment {
  const stored = find(place, scope)
  if (stored?.kind === 'rows') return trusted(`exists (select 1 from ${stored.from} where ${stored.where})`)
  if (stored) return inColumn(stored, (column) => presentColumn(place, column))
  const source = jsonAt(place.steps, scope)
  if (!source) return never
  const scalar = `'$.** ? ((@.type() == "string" && @ != "") || @.type() == "number" || @.type() == "boolean")'`
  return fragment`exists (select 1 from ${source.from} where ${source.where} and jsonb_path_exists(${source.value}, ${trusted(scalar)}))`
}

function presentColumn({ attribute }: Place, column: Column): Fragment {
  const isText = attribute.type !== 'boolean' && attribute.type !== 'dateTime'
  return trusted(isText ? `(${column.sql} <> '')` : `(${column.sql} is not null)`)
}

function compare(place: Place, comparison: Comparison, scope: Scope): Fragment {
  const stored = find(place, scope)
  if (!stored) return compareJson(place, comparison, scope)
  // A bare `members` was bound to its `value`, so rows are never compared as such.
  if (stored.kind === 'rows') return never
  if (stored.kind === 'array' && isContainment(stored, comparison)) {
    // What a GIN index on the array answers.
    return fragment`(${trusted(stored.sql)} @> array[${comparison.value}::text])`
  }
  return inColumn(stored, (column) => compareColumn(trusted(column.sql), comparison, column.folded ?? false))
}

function isContainment({ folded }: ArrayColumn, comparison: Comparison): boolean {
  return comparison.as === 'text' && comparison.operator === 'eq' && (comparison.exact || (folded ?? false))
}

type Stored = Column | ArrayColumn | RowColumn

/** A condition on a column, wherever its values are: for several, one of them has to meet it. */
function inColumn(stored: Stored, condition: (column: Column) => Fragment): Fragment {
  switch (stored.kind) {
    case 'column':
      return condition(stored)
    case 'array': {
      const each = condition({ kind: 'column', sql: 'v.v', folded: stored.folded ?? false })
      return fragment`exists (select 1 from unnest(${trusted(stored.sql)}) as v(v) where ${each})`
    }
    case 'rowColumn': {
      const each = stored.column ? condition(stored.column) : never
      return fragment`exists (select 1 from ${trusted(stored.rows.from)} where ${trusted(stored.rows.where)} and ${each})`
    }
    default:
      return stored satisfies never
  }
}

function compareJson(place: Place, comparison: Comparison, scope: Scope): Fragment {
  if (!scope.json) return never
  if (!place.multiValued) return compareValue(single(place.steps, scope.json), comparison, place)
  const source = jsonAt([...place.steps], scope, 'unwrapped')
  if (!source) return never
  const value = { json: source.value, text: fragment`(${source.value} #>> '{}')` }
  return fragment`exists (select 1 from ${source.from} where ${source.where} and ${compareValue(value, comparison, place)})`
}

interface JsonValue {
  readonly json: Fragment
  readonly text: Fragment
}

/** A single value can be had without a sub-select, and by an expression an index can be made on. */
function single(steps: readonly Step[], json: Fragment): JsonValue {
  const path = trusted(quoteLiteral(`{${steps.map(({ key }) => JSON.stringify(key)).join(',')}}`))
  return { json: fragment`(${json} #> ${path})`, text: fragment`(${json} #>> ${path})` }
}

function compareValue({ json, text }: JsonValue, comparison: Comparison, { attribute }: Place): Fragment {
  // What a schema declares was checked when it was stored; the rest can be of any type.
  const isA = (type: string) =>
    attribute.type === 'any' ? fragment`jsonb_typeof(${json}) = ${trusted(type)} and ` : trusted('')
  switch (comparison.as) {
    case 'text':
      return fragment`(${isA(`'string'`)}${compareColumn(text, comparison, false)})`
    case 'time':
      return compareColumn(fragment`${text}::timestamptz`, comparison, false)
    case 'number': {
      // The cast of a text that is no number raises an error, and "and" promises no order.
      const number = fragment`(case when jsonb_typeof(${json}) = 'number' then ${text}::numeric end)`
      return compareColumn(number, comparison, false)
    }
    case 'boolean':
      return fragment`(${json} = ${trusted(comparison.value ? `'true'` : `'false'`)}::jsonb)`
    default:
      return comparison satisfies never
  }
}

function elements(place: Place, filter: BoundFilter, scope: Scope): Fragment {
  const stored = find(place, scope)
  if (stored?.kind === 'rows') {
    // A row has what its columns have, and no JSON to look further in.
    const row: Scope = { columnOf: (path) => stored.columns[path], depth: scope.depth + 1 }
    const condition = toCondition(filter, row)
    return fragment`exists (select 1 from ${trusted(stored.from)} where ${trusted(stored.where)} and ${condition})`
  }
  const source = jsonAt(place.steps, scope, 'unwrapped')
  if (!source) return never
  const element: Scope = { json: source.value, columnOf: () => undefined, depth: scope.depth + 1 }
  const isElement = fragment`jsonb_typeof(${source.value}) = 'object' and ${toCondition(filter, element)}`
  const exists = fragment`exists (select 1 from ${source.from} where ${source.where} and ${isElement})`
  const narrowing = narrow(place, filter, scope)
  return narrowing ? fragment`(${narrowing} and ${exists})` : exists
}

/**
 * `emails[type eq "work" and value eq "x"]`, which Entra looks users up by, can only hold where some email is "x", and
 * for that there may be an index. Returns that necessary condition.
 */
function narrow(place: Place, filter: BoundFilter, scope: Scope): Fragment | undefined {
  const terms = filter.kind === 'and' ? filter.filters : [filter]
  for (const term of terms) {
    if (term.kind !== 'compare') continue
    const whole = { ...term.place, path: `${place.path}.${term.place.path}` }
    if (find(whole, scope)?.kind === 'array') return compare(whole, term.comparison, scope)
  }
  return undefined
}

/** A sub-attribute of elements kept as rows. Without a column it has no values. */
interface RowColumn {
  readonly kind: 'rowColumn'
  readonly rows: Rows
  readonly column: Column | undefined
}

/** Only declared names are looked up: a storage may well answer from a plain object, and `constructor` is in every one. */
function find(place: Place, scope: Scope): Stored | Rows | undefined {
  if (place.attribute.type === 'any') return undefined
  const stored = scope.columnOf(place.path)
  if (stored) return stored
  const [parent, sub, ...more] = place.steps
  if (!parent || !sub || more.length > 0) return undefined
  const rows = scope.columnOf(parent.key)
  return rows?.kind === 'rows' ? { kind: 'rowColumn', rows, column: rows.columns[sub.key] } : undefined
}

interface JsonSource {
  readonly from: Fragment
  readonly where: Fragment
  readonly value: Fragment
}

/**
 * The members at the end of the steps as rows of a sub-select. jsonb_path_query in its lax mode unwraps arrays on the
 * way, as match.ts does. It cannot find a member whatever its case; jsonb_each does that for undeclared names.
 */
function jsonAt(steps: readonly Step[], scope: Scope, leaf?: 'unwrapped'): JsonSource | undefined {
  if (!scope.json) return undefined
  const sources: Fragment[] = []
  const conditions: Fragment[] = []
  let value = scope.json
  const query = (path: string) => {
    const alias = `j${scope.depth}_${sources.length}`
    sources.push(fragment`jsonb_path_query(${value}, ${trusted(quoteLiteral(path))}) as ${trusted(alias)}(v)`)
    value = trusted(`${alias}.v`)
  }
  let path = '$'
  for (const step of steps) {
    if (step.exact) {
      path += `.${JSON.stringify(step.key)}`
      continue
    }
    query(`${path}[*]`)
    path = '$'
    const alias = trusted(`j${scope.depth}_${sources.length}`)
    const object = fragment`case when jsonb_typeof(${value}) = 'object' then ${value} else '{}'::jsonb end`
    sources.push(fragment`jsonb_each(${object}) as ${alias}(k, v)`)
    conditions.push(fragment`${fold(fragment`${alias}.k`)} = ${foldCase(step.key)}::text`)
    value = fragment`${alias}.v`
  }
  if (leaf === 'unwrapped') path += '[*]'
  if (path !== '$' || sources.length === 0) query(path)
  const where = conditions.length > 0 ? joinFragments(conditions, ' and ') : trusted('true')
  return { from: joinFragments(sources, ', '), where, value }
}

/**
 * The condition a filter on elements sets to rows that are those elements: `members[display sw "A"]` as a condition on
 * the table of members.
 *
 * @param columns by the name of the sub-attribute.
 */
export function rowFilterToSql(filter: BoundFilter, columns: Rows['columns'], offset = 0): SqlCondition {
  const condition = toCondition(filter, { columnOf: (path) => columns[path], depth: 0 })
  return { text: numberPlaceholders(condition, offset), values: condition.values, parts: condition.parts }
}
