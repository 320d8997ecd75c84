import { errorUrn } from '#protocols/scim/errors.ts'
import { isObject } from '#protocols/scim/json.ts'
import { listResponseUrn } from '#protocols/scim/list.ts'
import type { Answer } from './client.ts'
import { at } from './facts.ts'

/** Each says in a sentence what is wrong with an answer, or undefined. */
type Fault = string | undefined

export function statusFault({ status }: Pick<Answer, 'status'>, wanted: number): Fault {
  return status === wanted ? undefined : `the status is ${String(status)} and should be ${String(wanted)}`
}

/** RFC 7644 §3.8: the default is the SCIM type; plain JSON is for who asks for it. */
export function mediaTypeFault(contentType: string | undefined, accept: string | undefined): Fault {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const isAskedFor = (accept ?? '').includes('application/json')
  if (type === 'application/scim+json' || (isAskedFor && type === 'application/json')) return undefined
  return `the content type is ${type === '' ? 'missing' : type}`
}

export function errorFault({ status, body }: Answer): Fault {
  if (!isObject(body)) return 'the body is no JSON object'
  if (!holds(at(body, 'schemas'), errorUrn)) return `schemas does not hold ${errorUrn}`
  const found = at(body, 'status')
  return found === String(status) ? undefined : `status is ${JSON.stringify(found)} and should be "${String(status)}"`
}

export function listFault(answer: Answer): Fault {
  const { body } = answer
  const status = statusFault(answer, 200)
  if (status) return status
  if (!holds(at(body, 'schemas'), listResponseUrn)) return `schemas does not hold ${listResponseUrn}`
  const total = at(body, 'totalResults')
  if (!Number.isInteger(total)) return `totalResults is ${JSON.stringify(total)} and should be a whole number`
  const shown = at(body, 'Resources')
  // RFC 7644 §3.4.2: may be left out when nothing was found.
  if (shown === undefined && total === 0) return undefined
  if (!Array.isArray(shown)) return 'Resources is no array'
  const perPage = at(body, 'itemsPerPage')
  if (perPage !== undefined && perPage !== shown.length)
    return `itemsPerPage is ${JSON.stringify(perPage)}, but ${String(shown.length)} are shown`
  return Number(total) < shown.length
    ? `totalResults is ${String(total)}, but ${String(shown.length)} are shown`
    : undefined
}

export function resourcesOf({ body }: Answer): unknown[] {
  const shown = at(body, 'Resources')
  return Array.isArray(shown) ? (shown as unknown[]) : []
}

export function totalOf({ body }: Answer): number {
  const total = at(body, 'totalResults')
  return typeof total === 'number' ? total : 0
}

export function resourceFault(resource: unknown, schema: string, type: 'User' | 'Group'): Fault {
  if (!isObject(resource)) return 'there is no resource in the body'
  if (idOf(resource) === undefined) return `id is ${JSON.stringify(at(resource, 'id'))} and should be a text`
  if (!holds(at(resource, 'schemas'), schema)) return `schemas does not hold ${schema}`
  const found = at(at(resource, 'meta'), 'resourceType')
  return found === type ? undefined : `meta.resourceType is ${JSON.stringify(found)} and should be "${type}"`
}

export function createdFault(answer: Answer): Fault {
  const status = statusFault(answer, 201)
  if (status) return status
  const header = answer.headers['location']
  if (header === undefined) return 'there is no Location header'
  const location = at(at(answer.body, 'meta'), 'location')
  return location === header ? undefined : `Location is ${header}, but meta.location is ${JSON.stringify(location)}`
}

/** A PATCH may be answered in two ways; a resource that is shown must be the one that was patched. */
export function patchedFault(answer: Answer, id: string): Fault {
  if (answer.status === 204) return answer.text === '' ? undefined : 'a 204 has a body'
  return statusFault(answer, 200) ?? sameIdFault(answer.body, id)
}

export function replacedFault(answer: Answer, id: string): Fault {
  return statusFault(answer, 200) ?? sameIdFault(answer.body, id)
}

export function deletedFault(answer: Answer): Fault {
  return statusFault(answer, 204) ?? (answer.text === '' ? undefined : 'a 204 has a body')
}

export function configurationFault(answer: Answer): Fault {
  const status = statusFault(answer, 200)
  if (status) return status
  for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'])
    if (typeof at(at(answer.body, feature), 'supported') !== 'boolean') return `${feature}.supported is no boolean`
  return Array.isArray(at(answer.body, 'authenticationSchemes')) ? undefined : 'authenticationSchemes is no array'
}

export function membersFault(group: unknown, wanted: readonly string[]): Fault {
  const found = memberIdsOf(group)
  const [shown, asked] = [new Set(found), new Set(wanted)]
  if (shown.size < found.length) return 'somebody is a member twice'
  const [missing, extra] = [[...asked.difference(shown)], [...shown.difference(asked)]]
  if (missing.length + extra.length === 0) return undefined
  return `members: ${describe(missing)} missing, ${describe(extra)} too many, of ${String(wanted.length)}`
}

export function memberIdsOf(group: unknown): string[] {
  const members = at(group, 'members')
  if (!Array.isArray(members)) return []
  return members.flatMap((member: unknown) => {
    const value = at(member, 'value')
    return typeof value === 'string' ? [value] : []
  })
}

export function idOf(resource: unknown): string | undefined {
  const id = at(resource, 'id')
  return typeof id === 'string' && id !== '' ? id : undefined
}

function sameIdFault(resource: unknown, id: string): Fault {
  const found = idOf(resource)
  return found === id ? undefined : `the id is ${JSON.stringify(found)} and should be ${JSON.stringify(id)}`
}

function holds(schemas: unknown, urn: string): boolean {
  return Array.isArray(schemas) && schemas.some((each) => String(each).toLowerCase() === urn.toLowerCase())
}

function describe(ids: readonly string[]): string {
  return ids.length === 0 ? 'none' : ids.length > 3 ? String(ids.length) : ids.join(', ')
}
