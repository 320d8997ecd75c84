import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { endpoints } from '#contracts/all.ts'
import { eventPayloads } from '#contracts/events.ts'
import { openApi } from '#contracts/openapi.ts'
import { asList, asNode, type Fields, fieldsOf, type Node, resolve } from './flatten.ts'

/** A difference between what we say and what the vendor's description says, at one operation or event. */
export interface Gap {
  /** `GET /organizations`, or `event organization.created`. */
  readonly at: string
  readonly text: string
}

export interface Comparison {
  /** Operations of the vendor that we serve, as we spell them. */
  readonly served: readonly string[]
  /** Operations of the vendor that we do not serve. */
  readonly unserved: readonly string[]
  /** Operations that we have and the vendor has not. */
  readonly extensions: readonly string[]
  readonly gaps: readonly Gap[]
}

/** The vendor's public description, as its npm package carries it. */
export async function readVendorDocument(): Promise<Node> {
  const text = await readFile(fileURLToPath(import.meta.resolve('@workos/openapi-spec')), 'utf8')
  return asNode(parse(text, { maxAliasCount: -1 }))
}

/** Compares our description with the vendor's in both directions: what is missing, what is extra, what is looser. */
export function compare(vendor: Node): Comparison {
  const ours = asNode(JSON.parse(JSON.stringify(openApi('conformance'))))
  const theirOperations = operationsOf(vendor)
  const ourOperations = operationsOf(ours)
  const served = [...ourOperations].filter(([key]) => theirOperations.has(key))
  return {
    served: served.map(([, operation]) => operation.name),
    unserved: [...theirOperations].filter(([key]) => !ourOperations.has(key)).map(([, operation]) => operation.name),
    extensions: [...ourOperations].filter(([key]) => !theirOperations.has(key)).map(([, operation]) => operation.name),
    gaps: [
      ...[...ourOperations].flatMap(([key, operation]) => markGaps(operation, theirOperations.has(key))),
      ...served.flatMap(([key, operation]) =>
        operationGaps(ours, operation, vendor, theirOperations.get(key) ?? operation).map((text) => ({
          at: operation.name,
          text,
        })),
      ),
      ...eventGaps(ours, vendor),
    ],
  }
}

interface Operation {
  readonly name: string
  readonly node: Node
}

/** By method and path, whatever the path's parameters are called. */
function operationsOf(document: Node): Map<string, Operation> {
  const operations = new Map<string, Operation>()
  for (const [path, item] of Object.entries(asNode(document['paths'])))
    for (const method of ['get', 'post', 'put', 'patch', 'delete'])
      if (method in asNode(item)) {
        const verb = method.toUpperCase()
        const key = `${verb} ${path.replaceAll(/\{\w+\}/g, '{}')}`
        operations.set(key, { name: `${verb} ${path}`, node: asNode(asNode(item)[method]) })
      }
  return operations
}

function markGaps({ name, node }: Operation, known: boolean): Gap[] {
  const marked = node['x-gatehouse-extension'] === true
  if (marked && known) return [{ at: name, text: 'is marked as an extension, but the vendor has it' }]
  if (!marked && !known) return [{ at: name, text: 'is not in this version of the vendor’s description' }]
  return []
}

function operationGaps(ours: Node, mine: Operation, vendor: Node, theirs: Operation): string[] {
  return [
    ...requestGaps('query', queryOf(ours, mine.node), queryOf(vendor, theirs.node)),
    ...requestGaps('body', bodyOf(ours, mine.node), bodyOf(vendor, theirs.node)),
    ...responseGaps(successOf(ours, mine.node), successOf(vendor, theirs.node)),
    ...statusGaps(mine, vendor, theirs),
  ]
}

function queryOf(document: Node, operation: Node): Fields {
  const parameters = asList(operation['parameters'])
    .map((parameter) => resolve(document, parameter))
    .filter((parameter) => parameter['in'] === 'query')
  return fieldsOf(document, {
    properties: Object.fromEntries(parameters.map((parameter) => [String(parameter['name']), parameter['schema']])),
    required: parameters.filter((parameter) => parameter['required']).map((parameter) => parameter['name']),
  })
}

function bodyOf(document: Node, operation: Node): Fields {
  return fieldsOf(document, jsonOf(resolve(document, operation['requestBody'])))
}

/** The fields of the first success that has a body. */
function successOf(document: Node, operation: Node): Fields {
  const successes = Object.entries(asNode(operation['responses'])).filter(([status]) => status.startsWith('2'))
  const schema = successes.map(([, response]) => jsonOf(resolve(document, response))).find((body) => body !== undefined)
  // What an event carries is compared event by event.
  return new Map([...fieldsOf(document, schema)].filter(([name]) => !name.startsWith('data[].data')))
}

function jsonOf(holder: Node): unknown {
  return asNode(asNode(holder['content'])['application/json'])['schema']
}

/** Names that are in the first only, without what is inside another one of them. */
function onlyIn(has: Fields, lacks: Fields): string[] {
  const names = new Set([...has.keys()].filter((name) => !lacks.has(name)))
  return [...names].filter((name) => {
    const parts = name.split(/(?=\.|\[\])/)
    return !parts.some((_part, index) => index > 0 && names.has(parts.slice(0, index).join('')))
  })
}

/** A request may lack nothing the vendor takes and demand nothing the vendor does not. */
function requestGaps(place: 'query' | 'body', ours: Fields, theirs: Fields): string[] {
  const gaps = [
    ...onlyIn(theirs, ours).map((name) => `${place} ${name} is not taken`),
    ...onlyIn(ours, theirs).map((name) => `${place} ${name} is taken in addition`),
  ]
  for (const [name, field] of theirs) {
    const own = ours.get(name)
    if (own) {
      if (own.required && !field.required) gaps.push(`${place} ${name} is required`)
      if (!own.required && field.required) gaps.push(`${place} ${name} may be left out`)
      if (field.nullable && !own.nullable) gaps.push(`${place} ${name} may not be null`)
      if (!field.nullable && own.nullable) gaps.push(`${place} ${name} may be null`)
      gaps.push(...typeGaps(`${place} ${name}`, own.type, field.type))
      for (const value of missingFrom(own.values, field.values)) gaps.push(`${place} ${name} does not take '${value}'`)
    }
  }
  return gaps
}

/** An answer may lack nothing, hold nothing more, and leave nothing open that the vendor's closes. */
function responseGaps(ours: Fields, theirs: Fields): string[] {
  const gaps = [
    ...onlyIn(theirs, ours).map((name) => `answer lacks ${name}`),
    ...onlyIn(ours, theirs).map((name) => `answer holds ${name} in addition`),
  ]
  for (const [name, field] of theirs) {
    const own = ours.get(name)
    if (own) {
      if (!own.required && field.required) gaps.push(`answer may lack ${name}`)
      if (own.nullable && !field.nullable) gaps.push(`answer may hold null as ${name}`)
      gaps.push(...typeGaps(`answer ${name}`, own.type, field.type))
      for (const value of missingFrom(field.values, own.values)) gaps.push(`answer may hold '${value}' as ${name}`)
    }
  }
  return gaps
}

function typeGaps(what: string, ours: string | undefined, theirs: string | undefined): string[] {
  return theirs === undefined || ours === theirs ? [] : [`${what} is ${ours ?? 'anything'}, not ${theirs}`]
}

/** Values of the second that the first, when it lists any, does not have. */
function missingFrom(has: ReadonlySet<string> | undefined, wanted: ReadonlySet<string> | undefined): string[] {
  return has && wanted ? [...wanted].filter((value) => !has.has(value)) : []
}

function statusGaps({ name, node }: Operation, vendor: Node, theirs: Operation): string[] {
  const statuses = new Set(Object.keys(asNode(node['responses'])))
  const gaps: string[] = []
  const known = asNode(theirs.node['responses'])
  for (const [status, response] of Object.entries(known)) {
    if (!statuses.has(status)) gaps.push(`never answers ${status}`)
    else
      for (const code of codesOf(vendor, jsonOf(resolve(vendor, response))))
        if (!ownCodes(name, status).includes(code)) gaps.push(`never answers ${status} with code ${code}`)
  }
  for (const status of statuses) if (!(status in known)) gaps.push(`may answer ${status}`)
  return gaps
}

/** The codes an error is documented to carry, under `code` or, in OAuth's form, `error`. */
function codesOf(document: Node, schema: unknown): string[] {
  const node = resolve(document, schema)
  const own = ['code', 'error'].flatMap((name) => {
    const property = resolve(document, asNode(node['properties'])[name])
    return [property['const'], ...asList(property['enum'])].filter((value) => typeof value === 'string')
  })
  const parts = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => asList(node[key]))
  return [...own, ...parts.flatMap((part) => codesOf(document, part))]
}

function ownCodes(operation: string, status: string): readonly string[] {
  const endpoint = endpoints.find(({ method, path }) => `${method} ${path}` === operation)
  return endpoint?.errors?.[Number(status)] ?? []
}

/** What each event we write carries, against what the vendor says it carries. */
function eventGaps(ours: Node, vendor: Node): Gap[] {
  return Object.keys(eventPayloads).flatMap((name) => {
    const [own, their] = [payloadOf(ours, 'Event', name), payloadOf(vendor, 'EventSchema', name)]
    const gaps = their ? responseGaps(fieldsOf(ours, own), fieldsOf(vendor, their)) : ['is unknown to the vendor']
    return gaps.map((text) => ({ at: `event ${name}`, text: text.replace(/^answer/, 'payload') }))
  })
}

function payloadOf(document: Node, schema: string, name: string): unknown {
  return findEvent(document, { $ref: `#/components/schemas/${schema}` }, name)
}

function findEvent(document: Node, schema: unknown, name: string): unknown {
  const node = resolve(document, schema)
  const properties = asNode(node['properties'])
  if (resolve(document, properties['event'])['const'] === name) return properties['data']
  for (const part of ['allOf', 'oneOf', 'anyOf'].flatMap((key) => asList(node[key]))) {
    const found = findEvent(document, part, name)
    if (found !== undefined) return found
  }
  return undefined
}
