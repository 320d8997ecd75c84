import { type Result, ok, refused } from '../result.ts'
import { badRequest, quote, type ScimError } from './errors.ts'
import { describeType, findJsonFault, isObject, type Json, type JsonObject, spelledName } from './json.ts'
import { readMembers } from './read-value.ts'
import { attributesOf, findExtension, isExtensionName, listSchemas, type ResourceType, sameUrn } from './schema.ts'
import { tolerateBody } from './tolerance.ts'

/**
 * Reads the body of a POST or PUT, RFC 7644 §3.3 and §3.5.1: what the client may set, spelled canonically. Read-only
 * attributes are ignored, the password is dropped, extensions nobody declared are kept as they came.
 *
 * What identity providers get wrong is put right first (tolerance.ts).
 *
 * @returns invalidSyntax when it is not such a document, invalidValue when an attribute is missing or has a wrong type.
 */
export function readResource(body: unknown, type: ResourceType): Result<JsonObject, ScimError> {
  if (!isObject(body)) return invalidSyntax(`The body must be a JSON object, not ${describeType(body)}.`)
  const fault = findJsonFault(body)
  if (fault) return invalidSyntax(fault)
  const tolerated = tolerateBody(body, type)
  const wrongSchemas = checkSchemas(tolerated, type)
  if (wrongSchemas) return refused(wrongSchemas)
  return readAttributes(tolerated, type)
}

function readAttributes(body: Record<string, unknown>, type: ResourceType): Result<JsonObject, ScimError> {
  const core: Record<string, unknown> = {}
  const extensions: Record<string, Json> = {}
  for (const [name, value] of Object.entries(body)) {
    if (!isExtensionName(name)) {
      core[name] = value
      continue
    }
    const urn = findExtension(type, name)?.id ?? name
    if (Object.hasOwn(extensions, urn)) return invalidSyntax(`${quote(name)} is given twice.`)
    const extension = readExtension(urn, value, type)
    if (!extension.ok) return extension
    if (extension.value) extensions[urn] = extension.value
  }
  const members = readMembers(attributesOf(type), core, (name) => name)
  if (!members.ok) return members
  const stored = { ...withoutWriteOnly(members.value, type), ...extensions }
  const missing = attributesOf(type).find(
    ({ required, mutability, name }) => required && mutability !== 'readOnly' && !Object.hasOwn(stored, name),
  )
  if (missing) return refused(badRequest('invalidValue', `${missing.name} is required.`))
  return ok({ schemas: listSchemas(stored, type), ...stored })
}

function readExtension(urn: string, value: unknown, type: ResourceType): Result<JsonObject | undefined, ScimError> {
  if (value === null) return ok(undefined)
  if (!isObject(value))
    return refused(badRequest('invalidValue', `${urn} must be an object, not ${describeType(value)}.`))
  const attributes = findExtension(type, urn)?.attributes ?? []
  const members = readMembers(attributes, value, (name) => `${urn}:${name}`)
  if (!members.ok) return members
  return ok(Object.keys(members.value).length > 0 ? members.value : undefined)
}

function withoutWriteOnly(members: JsonObject, type: ResourceType): JsonObject {
  const writeOnly = new Set(
    attributesOf(type).flatMap(({ name, mutability }) => (mutability === 'writeOnly' ? [name] : [])),
  )
  return Object.fromEntries(Object.entries(members).filter(([name]) => !writeOnly.has(name)))
}

/** RFC 7643 §3: `schemas` is required. URIs beside the type's own are welcome, Entra sends some of Microsoft's. */
function checkSchemas(body: Record<string, unknown>, type: ResourceType): ScimError | undefined {
  const schemas = body[spelledName(body, 'schemas') ?? 'schemas']
  if (!Array.isArray(schemas)) return badRequest('invalidSyntax', `schemas is required, with ${type.schema.id}.`)
  const named = schemas.some((each) => typeof each === 'string' && sameUrn(each, type.schema.id))
  return named ? undefined : badRequest('invalidSyntax', `schemas must contain ${type.schema.id}.`)
}

/** What the server adds to what the client set. */
export interface ServerFacts {
  readonly id: string
  readonly created: Date
  readonly lastModified: Date
  /** The URL the resource can be read from. */
  readonly location: string
  /** An entity tag as `entityTag` makes it, where the door supports them. */
  readonly version?: string
}

/** The whole resource, as it is answered: what the client set, with `id` and `meta` (RFC 7643 §3.1). */
export function completeResource(resource: JsonObject, type: ResourceType, facts: ServerFacts): JsonObject {
  const { schemas: _schemas, ...attributes } = resource
  return {
    schemas: listSchemas(resource, type),
    id: facts.id,
    ...attributes,
    meta: {
      resourceType: type.name,
      created: facts.created.toISOString(),
      lastModified: facts.lastModified.toISOString(),
      location: facts.location,
      ...(facts.version !== undefined && { version: facts.version }),
    },
  }
}

function invalidSyntax(detail: string): Result<never, ScimError> {
  return refused(badRequest('invalidSyntax', detail))
}
