import { type Result, ok, refused } from '../result.ts'
import { type BoundFilter, bindFilter } from './bind.ts'
import { badRequest, type ScimError } from './errors.ts'
import { filterError, parseFilter } from './filter.ts'
import { describeType, findJsonFault, isObject } from './json.ts'
import { type Paging, type PagingLimits, parsePaging } from './list.ts'
import { parseProjection, type Projection } from './projection.ts'
import { type ResourceType, sameUrn } from './schema.ts'
import { parseSort, type Sort } from './sort.ts'

export const searchRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** Everything a client can ask of a list, RFC 7644 §3.4.2, checked. */
export interface Query {
  readonly filter?: BoundFilter
  readonly sort?: Sort
  readonly projection: Projection
  readonly paging: Paging
}

/** @param parameters the query of a GET, where a parameter given twice is an array. */
export function parseQuery(
  parameters: Record<string, unknown>,
  type: ResourceType,
  limits: PagingLimits,
): Result<Query, ScimError> {
  const filter = parseFilterParameter(parameters['filter'], type)
  if (!filter.ok) return filter
  const sort = parseSortParameters(parameters, type)
  if (!sort.ok) return sort
  const projection = parseProjectionParameters(parameters, type)
  if (!projection.ok) return projection
  const paging = parsePaging(parameters, limits)
  if (!paging.ok) return paging
  return ok({
    ...(filter.value && { filter: filter.value }),
    ...(sort.value && { sort: sort.value }),
    projection: projection.value,
    paging: paging.value,
  })
}

/** RFC 7644 §3.4.3: the same in the body of a POST to `/.search`. */
export function parseSearchRequest(body: unknown, type: ResourceType, limits: PagingLimits): Result<Query, ScimError> {
  const fault = isObject(body) ? findJsonFault(body) : `The body must be a JSON object, not ${describeType(body)}.`
  if (fault !== undefined || !isObject(body)) return refused(badRequest('invalidSyntax', fault ?? ''))
  const { schemas } = body
  const isSearch =
    Array.isArray(schemas) && schemas.some((each) => typeof each === 'string' && sameUrn(each, searchRequestUrn))
  if (!isSearch) return refused(badRequest('invalidSyntax', `schemas must contain ${searchRequestUrn}.`))
  return parseQuery(body, type, limits)
}

/** The `attributes` and `excludedAttributes` of any request that answers with a resource, RFC 7644 §3.9. */
export function parseProjectionParameters(
  parameters: Record<string, unknown>,
  type: ResourceType,
): Result<Projection, ScimError> {
  const attributes = readTexts(parameters['attributes'])
  const excluded = readTexts(parameters['excludedAttributes'])
  if (!attributes || !excluded) {
    return refused(badRequest('invalidValue', 'attributes and excludedAttributes are names of attributes.'))
  }
  return parseProjection(attributes, excluded, type)
}

function parseFilterParameter(value: unknown, type: ResourceType): Result<BoundFilter | undefined, ScimError> {
  if (value === undefined || value === null || value === '') return ok(undefined)
  if (typeof value !== 'string') return refused(badRequest('invalidFilter', 'There can be one filter, a text.'))
  const parsed = parseFilter(value)
  if (!parsed.ok) return refused(filterError(parsed.error))
  const bound = bindFilter(parsed.value, type)
  return bound.ok ? bound : refused(filterError(bound.error))
}

function parseSortParameters(
  parameters: Record<string, unknown>,
  type: ResourceType,
): Result<Sort | undefined, ScimError> {
  const { sortBy, sortOrder } = parameters
  if (!isOptionalText(sortBy) || !isOptionalText(sortOrder)) {
    return refused(badRequest('invalidValue', 'There can be one sortBy and one sortOrder, both texts.'))
  }
  return parseSort(sortBy ?? undefined, sortOrder ?? undefined, type)
}

function isOptionalText(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string'
}

function readTexts(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
  const texts = values.filter((each) => typeof each === 'string')
  return texts.length === values.length ? texts : undefined
}
