import type { Comparison, OrderOperator, TextOperator } from './bind.ts'
import { type Fragment, fragment, trusted } from './sql-fragment.ts'

/** @param folded whether the expression holds `foldCase` of the value. */
export function compareColumn(column: Fragment, comparison: Comparison, folded: boolean): Fragment {
  switch (comparison.as) {
    case 'text':
      return compareText(comparison.exact || folded ? column : fold(column), comparison.operator, comparison.value)
    case 'time':
      return fragment`(${column} ${order(comparison.operator)} ${new Date(comparison.value).toISOString()}::timestamptz)`
    case 'number':
      return fragment`(${column} ${order(comparison.operator)} ${String(comparison.value)}::numeric)`
    case 'boolean':
      return fragment`(${column} = ${comparison.value}::boolean)`
    default:
      return comparison satisfies never
  }
}

function compareText(text: Fragment, operator: TextOperator, value: string): Fragment {
  switch (operator) {
    case 'co':
      return fragment`(${text} like ${`%${escapeLike(value)}%`})`
    case 'sw':
      return fragment`(${text} like ${`${escapeLike(value)}%`})`
    case 'ew':
      return fragment`(${text} like ${`%${escapeLike(value)}`})`
    case 'eq':
      return fragment`(${text} = ${value}::text)`
    default:
      return fragment`((${text}) collate "C" ${order(operator)} ${value}::text)`
  }
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}

function order(operator: OrderOperator): Fragment {
  return trusted({ eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' }[operator])
}

// foldCase in SQL. The collation is named because `lower` in a database of locale C leaves Ä as it is.
const foldBefore = '(translate(lower(('
const foldAfter = `) collate "und-x-icu"), 'ς', 'σ') collate "C")`

/** `foldCase` of an SQL expression that is ours. */
export function foldSql(text: string): string {
  return `${foldBefore}${text}${foldAfter}`
}

export function fold(text: Fragment): Fragment {
  return fragment`${trusted(foldBefore)}${text}${trusted(foldAfter)}`
}
