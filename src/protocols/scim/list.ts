import { type Result, ok, refused } from '../result.ts'
import { badRequest, quote, type ScimError } from './errors.ts'

export const listResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** RFC 7644 §3.4.2 and RFC 9865 §2. */
export interface ListResponse<T> {
  readonly schemas: readonly [typeof listResponseUrn]
  readonly totalResults: number
  readonly startIndex?: number
  readonly itemsPerPage: number
  readonly nextCursor?: string
  readonly previousCursor?: string
  readonly Resources: readonly T[]
}

export interface Page<T> {
  readonly resources: readonly T[]
  readonly totalResults: number
  /** For pages by index. */
  readonly startIndex?: number
  /** For pages by cursor. Absent on the last page, which is how a client knows it. */
  readonly nextCursor?: string
  readonly previousCursor?: string
}

export function listResponse<T>({ resources, totalResults, ...page }: Page<T>): ListResponse<T> {
  return {
    schemas: [listResponseUrn],
    totalResults,
    ...(page.startIndex !== undefined && { startIndex: page.startIndex }),
    // The number of resources in this answer, not the number asked for.
    itemsPerPage: resources.length,
    ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
    ...(page.previousCursor !== undefined && { previousCursor: page.previousCursor }),
    Resources: resources,
  }
}

export interface PagingLimits {
  readonly defaultPageSize: number
  readonly maxPageSize: number
}

/** What page is asked for. `count` is within the limits. An absent cursor asks for the first page. */
export type Paging =
  | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
  | { readonly kind: 'cursor'; readonly cursor?: string; readonly count: number }

export interface PagingParameters {
  readonly startIndex?: unknown
  readonly count?: unknown
  readonly cursor?: unknown
}

const cursorForm = /^[A-Za-z0-9._~-]{1,4000}$/

/**
 * RFC 7644 §3.4.2.4: startIndex below 1 is 1, a negative count is 0, more than the maximum is the maximum. RFC 9865
 * §2: naming `cursor`, if only with an empty value, asks for pages by cursor.
 *
 * @returns invalidValue, invalidCount or invalidCursor for what cannot be read. Whether a cursor is one that was given
 *   out only its maker can tell.
 */
export function parsePaging(parameters: PagingParameters, limits: PagingLimits): Result<Paging, ScimError> {
  const isCursor = parameters.cursor !== undefined
  const count = readInteger(parameters.count, limits.defaultPageSize)
  if (count === undefined) {
    return refused(badRequest(isCursor ? 'invalidCount' : 'invalidValue', 'count must be an integer.'))
  }
  const bounded = Math.min(Math.max(count, 0), limits.maxPageSize)
  if (isCursor) return parseCursor(parameters, bounded)
  const startIndex = readInteger(parameters.startIndex, 1)
  if (startIndex === undefined) return refused(badRequest('invalidValue', 'startIndex must be an integer.'))
  return ok({ kind: 'index', startIndex: Math.max(startIndex, 1), count: bounded })
}

function parseCursor({ cursor, startIndex }: PagingParameters, count: number): Result<Paging, ScimError> {
  if (startIndex !== undefined) {
    return refused(badRequest('invalidCursor', 'Pages are asked for by cursor or by startIndex, not both.'))
  }
  if (cursor === '' || cursor === null) return ok({ kind: 'cursor', count })
  if (typeof cursor !== 'string' || !cursorForm.test(cursor)) {
    const found = typeof cursor === 'string' ? quote(cursor) : 'of another type'
    return refused(badRequest('invalidCursor', `cursor must be empty or the nextCursor of an answer, and is ${found}.`))
  }
  return ok({ kind: 'cursor', cursor, count })
}

/** From a query string or a JSON body. undefined: not an integer. */
function readInteger(value: unknown, fallback: number): number | undefined {
  if (value === undefined || value === null || value === '') return fallback
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  // Past 2^53 the exact number does not matter, only on which side of the limits it is.
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined
  return Math.min(Math.max(number, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}
