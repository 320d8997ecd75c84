import { ScimRefused } from '#domain/directories/refused.ts'
import {
  describeResourceType,
  describeResourceTypes,
  describeSchema,
  describeSchemas,
  describeServiceProvider,
  schemas,
} from '#protocols/scim/discovery.ts'
import { quote, scimError } from '#protocols/scim/errors.ts'
import { listResponse } from '#protocols/scim/list.ts'
import { resourceTypes, sameUrn } from '#protocols/scim/schema.ts'
import { queryOf } from '../server.ts'
import { sendScim } from './answer.ts'
import { bodyLimitBytes, bulkLimits, pagingLimits } from './limits.ts'
import type { Route, ScimRequest } from './door.ts'

/** RFC 7644 §4: what this server can do, and only that. */
export function discoveryRoutes(route: Route): void {
  route('GET', '/ServiceProviderConfig', async (request, reply, { endpoint }) => {
    refuseFilter(request)
    const config = describeServiceProvider(endpoint, {
      filterMaxResults: pagingLimits.maxPageSize,
      sort: true,
      etag: true,
      bulk: { maxOperations: bulkLimits.maxOperations, maxPayloadSize: bodyLimitBytes },
      pagination: {
        cursor: true,
        index: true,
        defaultMethod: 'index',
        defaultPageSize: pagingLimits.defaultPageSize,
        maxPageSize: pagingLimits.maxPageSize,
      },
    })
    return sendScim(reply, 200, config)
  })

  route('GET', '/ResourceTypes', async (request, reply, { endpoint }) => {
    refuseFilter(request)
    const resources = describeResourceTypes(endpoint)
    return sendScim(reply, 200, listResponse({ resources, totalResults: resources.length, startIndex: 1 }))
  })

  route('GET', '/ResourceTypes/:id', async (request, reply, { endpoint }) => {
    const type = resourceTypes.find(({ name }) => name === request.params.id)
    if (!type) throw notFound(request)
    return sendScim(reply, 200, describeResourceType(endpoint, type))
  })

  route('GET', '/Schemas', async (request, reply, { endpoint }) => {
    refuseFilter(request)
    const resources = describeSchemas(endpoint)
    return sendScim(reply, 200, listResponse({ resources, totalResults: resources.length, startIndex: 1 }))
  })

  route('GET', '/Schemas/:id', async (request, reply, { endpoint }) => {
    const schema = schemas.find(({ id }) => sameUrn(id, request.params.id ?? ''))
    if (!schema) throw notFound(request)
    return sendScim(reply, 200, describeSchema(endpoint, schema))
  })
}

/** RFC 7644 §4: a filter here is answered with 403. */
function refuseFilter(request: ScimRequest): void {
  if (queryOf(request).has('filter'))
    throw new ScimRefused(scimError(403, undefined, 'This endpoint cannot be filtered.'))
}

function notFound(request: ScimRequest): ScimRefused {
  return new ScimRefused(scimError(404, undefined, `There is no ${quote(request.params.id ?? '')}.`))
}
