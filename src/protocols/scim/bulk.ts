import { type Result, ok, refused } from '../result.ts'
import { badRequest, quote, scimError, type ScimError } from './errors.ts'
import { describeType, findJsonFault, isObject, jsonLimits } from './json.ts'
import { type ResourceType, resourceTypes, sameUrn } from './schema.ts'

export const bulkRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

export interface BulkLimits {
  readonly maxOperations: number
}

/** One operation of a bulk request, RFC 7644 §3.7. */
export interface BulkOperation {
  /** Its place in the request; results are answered in this order. */
  readonly index: number
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly type: ResourceType
  /** Absent for POST. `bulkId:…` where the resource is made by this request; see resolveBulkIds. */
  readonly id?: string
  readonly bulkId?: string
  readonly version?: string
  readonly data?: unknown
}

/** An operation that cannot be carried out, with the answer for it. The others go on. */
export interface RefusedBulkOperation {
  readonly index: number
  readonly method: string
  readonly bulkId?: string
  readonly error: ScimError
}

export interface BulkRequest {
  /** How many errors end the job; absent: none do. */
  readonly failOnErrors?: number
  readonly operations: readonly (BulkOperation | RefusedBulkOperation)[]
}

/**
 * Reads a bulk request. Faults of the request are returned as an error, faults of one operation stand in its place.
 *
 * @returns invalidSyntax for what is no bulk request, 413 for more operations than the limit. The size in bytes is for
 *   the door to check, before it parses.
 */
export function parseBulkRequest(body: unknown, limits: BulkLimits): Result<BulkRequest, ScimError> {
  if (!isObject(body)) return invalidSyntax(`The body must be a JSON object, not ${describeType(body)}.`)
  // The operations' data is one resource each, a few levels further in.
  const fault = findJsonFault(body, { ...jsonLimits, depth: jsonLimits.depth + 4 })
  if (fault) return invalidSyntax(fault)
  const { schemas, failOnErrors, Operations: operations } = body
  const isBulk =
    Array.isArray(schemas) && schemas.some((each) => typeof each === 'string' && sameUrn(each, bulkRequestUrn))
  if (!isBulk) return invalidSyntax(`schemas must contain ${bulkRequestUrn}.`)
  if (!Array.isArray(operations)) return invalidSyntax('Operations must be an array.')
  if (operations.length > limits.maxOperations) {
    const detail = `A bulk request may hold ${limits.maxOperations} operations, not ${operations.length}.`
    return refused(scimError(413, undefined, detail))
  }
  const stopAfter = readFailOnErrors(failOnErrors)
  if (stopAfter === 'wrong') return invalidSyntax('failOnErrors must be an integer of at least 1.')
  const bulkIds = new Set<string>()
  return ok({
    ...(stopAfter !== undefined && { failOnErrors: stopAfter }),
    operations: operations.map((operation: unknown, index) => readOperation(operation, index, bulkIds)),
  })
}

function readFailOnErrors(value: unknown): number | undefined | 'wrong' {
  if (value === undefined || value === null) return undefined
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : 'wrong'
}

const methods = new Set<string>(['POST', 'PUT', 'PATCH', 'DELETE'])

function isMethod(method: string): method is BulkOperation['method'] {
  return methods.has(method)
}

function readOperation(raw: unknown, index: number, bulkIds: Set<string>): BulkOperation | RefusedBulkOperation {
  const operation = isObject(raw) ? raw : {}
  const method = typeof operation['method'] === 'string' ? operation['method'].toUpperCase() : ''
  const bulkId = typeof operation['bulkId'] === 'string' ? operation['bulkId'] : undefined
  const refuse = (error: ScimError) => ({ index, method, ...(bulkId !== undefined && { bulkId }), error })
  const syntax = (detail: string) => refuse(badRequest('invalidSyntax', detail))

  if (!isMethod(method)) return syntax(`method must be POST, PUT, PATCH or DELETE, not ${quote(method)}.`)
  if (method === 'POST' && !bulkId) return syntax('A POST needs a bulkId.')
  if (bulkId !== undefined && method === 'POST') {
    if (bulkIds.has(bulkId)) return syntax(`The bulkId ${quote(bulkId)} is used twice.`)
    bulkIds.add(bulkId)
  }
  const { path, version, data } = operation
  const target = typeof path === 'string' ? readPath(path) : undefined
  if (!target) return syntax('path must be a resource endpoint, such as /Users, and for all but POST an id behind it.')
  if ((method === 'POST') !== (target.id === undefined)) {
    return syntax(
      method === 'POST' ? 'The path of a POST ends with the endpoint.' : `The path of a ${method} needs an id.`,
    )
  }
  if (version !== undefined && typeof version !== 'string') return syntax('version must be text, an entity tag.')
  if (method !== 'DELETE' && !isObject(data)) return syntax(`A ${method} needs data, an object.`)
  return {
    index,
    method,
    ...target,
    ...(bulkId !== undefined && { bulkId }),
    ...(version !== undefined && { version }),
    ...(method !== 'DELETE' && { data }),
  }
}

function readPath(path: string): { type: ResourceType; id?: string } | undefined {
  const [empty, endpoint = '', id, ...more] = path.split('/')
  const type = resourceTypes.find((each) => each.endpoint.toLowerCase() === `/${endpoint.toLowerCase()}`)
  if (empty !== '' || !type || more.length > 0 || id === '') return undefined
  return id === undefined ? { type } : { type, id }
}

/** Whether the job ends here, RFC 7644 §3.7: after as many errors as the client said, later operations are not tried. */
export function isOver({ failOnErrors }: BulkRequest, errors: number): boolean {
  return failOnErrors !== undefined && errors >= failOnErrors
}

/** What came of one operation. */
export interface BulkResult {
  readonly method: string
  readonly bulkId?: string
  readonly status: number
  /** Required unless a POST failed. */
  readonly location?: string
  readonly version?: string
  readonly error?: ScimError
}

/** RFC 7644 §3.7.3: the status is text, and what went wrong is the response. */
export function bulkResponse(results: readonly BulkResult[]) {
  return {
    schemas: [bulkResponseUrn],
    Operations: results.map(({ status, error, ...result }) => ({
      ...result,
      status: String(status),
      ...(error && { response: error }),
    })),
  }
}

function invalidSyntax(detail: string): Result<never, ScimError> {
  return refused(badRequest('invalidSyntax', detail))
}
