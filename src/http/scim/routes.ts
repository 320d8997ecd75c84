import type { FastifyInstance, FastifyReply } from 'fastify'
import { isUnavailable } from '#db/unavailable.ts'
import { scimEndpoint } from '#domain/directories/present.ts'
import type { Reference } from '#domain/directories/references.ts'
import { ScimRefused } from '#domain/directories/refused.ts'
import { quote, type ScimError, scimError } from '#protocols/scim/errors.ts'
import { entityTag, isUnchanged } from '#protocols/scim/etag.ts'
import { listResponse, type Paging } from '#protocols/scim/list.ts'
import { project, type Projection } from '#protocols/scim/projection.ts'
import { parseProjectionParameters, parseQuery, parseSearchRequest, type Query } from '#protocols/scim/query.ts'
import { completeResource } from '#protocols/scim/resource.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import type { ResourceType } from '#protocols/scim/schema.ts'
import type { Result } from '#protocols/result.ts'
import { unavailableForSeconds, unavailableMessage } from '../errors.ts'
import { jsonParser } from '../json-body.ts'
import { queryOf } from '../server.ts'
import { scimErrorOf, sendScim, sendScimError } from './answer.ts'
import { runBulk } from './bulk.ts'
import { identifyDirectory } from './callers.ts'
import { discoveryRoutes } from './discovery.ts'
import { type Door, locationOf, type Route, type ScimDeps, type ScimRequest } from './door.ts'
import { groups, type Kind, type Shown, users } from './kinds.ts'
import { bodyLimitBytes, pagingLimits } from './limits.ts'
import { searchRoot } from './root-search.ts'
import { logRequests } from './log-requests.ts'
import { WriteLimit } from './write-limit.ts'

/** SCIM 2.0 for identity providers, one endpoint a directory. Every answer, also of the framework, speaks SCIM. */
export function scimRoutes(app: FastifyInstance, deps: ScimDeps): void {
  void app.register(
    async (scim) => {
      scim.removeContentTypeParser('application/x-www-form-urlencoded')
      scim.addContentTypeParser(
        'application/scim+json',
        { parseAs: 'buffer', bodyLimit: bodyLimitBytes },
        jsonParser(() => null),
      )
      scim.setErrorHandler((error, request, reply) => {
        if (error instanceof ScimRefused) return sendScimError(reply, error.error)
        const known = scimErrorOf(error)
        if (known) return sendScimError(reply, known)
        if (isUnavailable(error)) {
          request.log.warn({ err: error }, 'the database is away')
          return sendScimError(
            reply.header('retry-after', unavailableForSeconds),
            scimError(503, undefined, unavailableMessage),
          )
        }
        request.log.error({ err: error }, 'request failed')
        return sendScimError(reply, scimError(500, undefined, `Internal error. Reference: ${request.id}`))
      })
      scim.setNotFoundHandler((request, reply) =>
        sendScimError(
          reply,
          scimError(404, undefined, `There is no ${request.method} ${quote(request.url.split('?', 1)[0] ?? '')}.`),
        ),
      )
      const limit = new WriteLimit(deps.clock)
      const watch = logRequests(scim, deps)
      const route: Route = (method, path, handler) =>
        scim.route<{ Params: { key: string; id?: string } }>({
          method,
          url: path,
          bodyLimit: bodyLimitBytes,
          handler: async (request, reply) => {
            const directory = await identifyDirectory(deps, request)
            const wait = limit.secondsToWait(directory.id)
            if (wait > 0) {
              reply.header('retry-after', wait)
              throw new ScimRefused(
                scimError(429, undefined, `Too many requests for this directory. Wait ${wait} seconds.`),
              )
            }
            const endpoint = scimEndpoint(deps.baseUrl, directory.externalKey)
            return watch(request, () => handler(request, reply, { directory, endpoint }))
          },
        })
      for (const kind of [users, groups]) resourceRoutes(route, deps, kind)
      discoveryRoutes(route)
      route('GET', '/', async (request, reply, door) =>
        sendAll(deps, reply, door, (type) => parseQuery(parametersOf(request), type, pagingLimits)),
      )
      // Not 201: nothing is made by searching.
      route('POST', '/.search', async (request, reply, door) =>
        sendAll(deps, reply, door, (type) => parseSearchRequest(request.body, type, pagingLimits)),
      )
      route('POST', '/Bulk', async (request, reply, door) =>
        sendScim(reply, 200, await runBulk(deps, door, request.body)),
      )
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)
        route(method, '/Me', async () => {
          // RFC 7644 §3.11: a token stands for an identity provider, which is nobody's user.
          throw new ScimRefused(scimError(501, undefined, 'A directory token stands for no user, so there is no /Me.'))
        })
    },
    { prefix: '/scim/v2.0/:key' },
  )
}

function resourceRoutes(route: Route, deps: ScimDeps, kind: Kind): void {
  const { type } = kind
  const path = type.endpoint

  route('GET', path, async (request, reply, door) =>
    sendList(deps, reply, door, kind, demand(parseQuery(parametersOf(request), type, pagingLimits))),
  )

  // Not 201: nothing is made by searching.
  route('POST', `${path}/.search`, async (request, reply, door) =>
    sendList(deps, reply, door, kind, demand(parseSearchRequest(request.body, type, pagingLimits))),
  )

  route('POST', path, async (request, reply, door) => {
    const projection = projectionOf(request, kind)
    const shown = await kind.create(deps, door.directory, request.body, projection)
    return sendResource(reply.header('location', locationOf(door, kind, shown.id)), 201, door, kind, shown, projection)
  })

  route('GET', `${path}/:id`, async (request, reply, door) => {
    const projection = projectionOf(request, kind)
    const shown = await kind.read(deps, door.directory, idOf(request), projection)
    if (isUnchanged(request.headers['if-none-match'], shown.version))
      return reply.status(304).header('etag', entityTag(shown.version)).send()
    return sendResource(reply, 200, door, kind, shown, projection)
  })

  route('PUT', `${path}/:id`, async (request, reply, door) => {
    const projection = projectionOf(request, kind)
    const write = { projection, ifMatch: request.headers['if-match'] }
    const shown = await kind.replace(deps, door.directory, idOf(request), request.body, write)
    return sendResource(reply, 200, door, kind, shown, projection)
  })

  route('PATCH', `${path}/:id`, async (request, reply, door) => {
    const projection = projectionOf(request, kind)
    const ifMatch = request.headers['if-match']
    // RFC 7644 §3.5.2: either answer will do. A group's would grow with the group, for each member that is added.
    const isShown = kind === users || queryOf(request).has('attributes')
    const write = { ifMatch, ...(isShown && { projection }) }
    const shown = await kind.patch(deps, door.directory, idOf(request), request.body, write)
    if (!shown) return reply.status(204).send()
    return sendResource(reply, 200, door, kind, shown, projection)
  })

  route('DELETE', `${path}/:id`, async (request, reply, door) => {
    await kind.remove(deps, door.directory, idOf(request), request.headers['if-match'])
    return reply.status(204).send()
  })
}

async function sendList(
  deps: ScimDeps,
  reply: FastifyReply,
  door: Door,
  kind: Kind,
  query: Query,
): Promise<FastifyReply> {
  const { rows, ...found } = await kind.search(deps, door.directory, query)
  const resources = rows.map((shown) => render(door, kind, shown, query.projection))
  return sendScim(reply, 200, listResponse({ ...found, resources, ...startOf(query.paging) }))
}

async function sendAll(
  deps: ScimDeps,
  reply: FastifyReply,
  door: Door,
  parse: (type: ResourceType) => Result<Query, ScimError>,
): Promise<FastifyReply> {
  const { rows, paging, ...found } = await searchRoot(deps, door, parse)
  const resources = rows.map(({ kind, shown, projection }) => render(door, kind, shown, projection))
  return sendScim(reply, 200, listResponse({ ...found, resources, ...startOf(paging) }))
}

function startOf(paging: Paging): { startIndex?: number } {
  return paging.kind === 'index' ? { startIndex: paging.startIndex } : {}
}

function sendResource(
  reply: FastifyReply,
  status: 200 | 201,
  door: Door,
  kind: Kind,
  shown: Shown,
  projection: Projection,
): FastifyReply {
  return sendScim(reply.header('etag', entityTag(shown.version)), status, render(door, kind, shown, projection))
}

function render(
  door: Door,
  kind: Kind,
  { id, resource, references, version, createdAt, modifiedAt }: Shown,
  projection: Projection,
): JsonObject {
  const whole = references.length > 0 ? { ...resource, ...describeReferences(door, kind, references) } : resource
  const complete = completeResource(whole, kind.type, {
    id,
    created: createdAt,
    lastModified: modifiedAt,
    location: locationOf(door, kind, id),
    version: entityTag(version),
  })
  return project(complete, kind.type, projection)
}

function describeReferences(door: Door, { referenceAttribute }: Kind, references: readonly Reference[]): JsonObject {
  const isMembers = referenceAttribute === 'members'
  const [kind, type] = isMembers ? [users, 'User'] : [groups, 'direct']
  const described = references.map(({ value, display }) => ({
    value,
    $ref: locationOf(door, kind, value),
    type,
    display,
  }))
  return { [referenceAttribute]: described }
}

function projectionOf(request: ScimRequest, { type }: Kind): Projection {
  return demand(parseProjectionParameters(parametersOf(request), type))
}

/** A parameter given twice is an array. */
function parametersOf(request: ScimRequest): Record<string, unknown> {
  const query = queryOf(request)
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name)
      return [name, values.length > 1 ? values : values[0]]
    }),
  )
}

/** An id nobody can have is nobody's. */
function idOf(request: ScimRequest): string {
  const id = request.params.id ?? ''
  if (id.includes('\0') || !id.isWellFormed() || id.length > 200)
    throw new ScimRefused(scimError(404, undefined, 'There is no resource with this id.'))
  return id
}

function demand<T>(result: Result<T, ScimError>): T {
  if (!result.ok) throw new ScimRefused(result.error)
  return result.value
}
