import { isDeepStrictEqual } from 'node:util'

/**
 * Whether a row would be another one with the values. Those left out, or undefined, keep what is there: a request that
 * says what is there already is no change, so it must neither move `updated_at` nor be announced.
 */
export function differs<Row extends object>(row: Row, values: { readonly [Column in keyof Row]?: unknown }): boolean {
  return Object.entries(values).some(
    ([column, value]) => value !== undefined && !isDeepStrictEqual(row[column as keyof Row], value), // the names of values are Row's
  )
}
