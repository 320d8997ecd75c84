import { describe, expect, test } from 'vitest'
import type { Attribute } from './attribute.ts'
import {
  describeResourceTypes,
  describeSchema,
  describeSchemas,
  describeServiceProvider,
  findResourceType,
  findSchema,
  schemas,
} from './discovery.ts'
import { readResource } from './resource.ts'
import { type ResourceType, userType } from './schema.ts'
import { resourceTypeSchema, schemaSchema, serviceProviderConfigSchema } from './service-schema.ts'

const baseUrl = 'https://scim.example/scim/v2.0/directory_01'
const pagination = {
  cursor: true,
  index: true,
  defaultMethod: 'index',
  defaultPageSize: 100,
  maxPageSize: 200,
} as const

/** Whether a document has all a schema requires and nothing it does not declare. */
function findFault(document: unknown, attributes: readonly Attribute[], where = ''): string | undefined {
  const object = document as Record<string, unknown> // The documents of this test.
  for (const { name, required } of attributes) {
    if (required && object[name] === undefined) return `${where}${name} is missing`
  }
  for (const [name, value] of Object.entries(object)) {
    if (where === '' && ['schemas', 'id', 'meta'].includes(name)) continue
    const attribute = attributes.find((each) => each.name === name)
    if (!attribute) return `${where}${name} is not declared`
    if (Array.isArray(value) !== attribute.multiValued) return `${where}${name} has the wrong number of values`
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const isComplex = attribute.type === 'complex'
      if (
        !isComplex &&
        typeof each !== (attribute.type === 'boolean' ? 'boolean' : attribute.type === 'integer' ? 'number' : 'string')
      ) {
        return `${where}${name} has the wrong type`
      }
      const fault = isComplex ? findFault(each, attribute.subAttributes ?? [], `${where}${name}.`) : undefined
      if (fault) return fault
    }
  }
  return undefined
}

describe('RFC 7644 §4 discovery', () => {
  test('says what is supported, and nothing else', () => {
    const document = describeServiceProvider(baseUrl, { filterMaxResults: 200, sort: true, etag: false, pagination })
    expect(document).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 200 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: false },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 200,
      },
      meta: { location: `${baseUrl}/ServiceProviderConfig` },
    })
    expect(document.pagination).not.toHaveProperty('cursorTimeout')
  })

  test.each([
    [
      'ServiceProviderConfig',
      [
        describeServiceProvider(baseUrl, {
          documentationUri: 'https://docs.example',
          filterMaxResults: 200,
          sort: true,
          etag: true,
          bulk: { maxOperations: 10, maxPayloadSize: 1_000 },
          pagination: { ...pagination, cursorTimeout: 600 },
        }),
      ],
      serviceProviderConfigSchema,
    ],
    ['ResourceTypes', describeResourceTypes(baseUrl), resourceTypeSchema],
    // The schema of schemas nests deeper than it can say, as that of RFC 7643 §8.7.2 does.
    ['Schemas', describeSchemas(baseUrl).filter(({ id }) => id !== schemaSchema.id), schemaSchema],
  ])('%s: every document is what its own schema says', (_endpoint, documents, schema) => {
    for (const document of documents) expect(findFault(document, schema.attributes)).toBeUndefined()
    expect(documents.length).toBeGreaterThan(0)
  })

  test('resource types name schemas that can be read', () => {
    const ids = new Set(schemas.map(({ id }) => id))
    for (const { schema, schemaExtensions } of describeResourceTypes(baseUrl)) {
      expect(ids).toContain(schema)
      for (const extension of schemaExtensions) expect(ids).toContain(extension.schema)
    }
    expect(describeResourceTypes(baseUrl).map(({ endpoint }) => endpoint)).toEqual(['/Users', '/Groups'])
  })

  test('every schema is found under its own location', () => {
    for (const schema of schemas) {
      expect(findSchema(schema.id.toUpperCase())).toBe(schema)
      expect(describeSchema(baseUrl, schema).meta.location).toBe(`${baseUrl}/Schemas/${schema.id}`)
    }
    expect(new Set(schemas.map(({ id }) => id)).size).toBe(6)
  })

  test('what there is not, is not found', () => {
    expect(findSchema('urn:ietf:params:scim:schemas:core:2.0:Car')).toBeUndefined()
    expect(findResourceType('Car')).toBeUndefined()
    expect(findResourceType('user')).toBe(userType)
  })

  test('no undeclared type is advertised', () => {
    expect(JSON.stringify(describeSchemas(baseUrl))).not.toContain('"any"')
  })

  test('what is advertised as writable is what a body can set', () => {
    const settable = (type: ResourceType) =>
      type.schema.attributes.filter(({ mutability }) => mutability === 'readWrite').map(({ name }) => name)
    const sample = (attribute: Attribute): unknown => {
      const one =
        attribute.type === 'complex'
          ? { [attribute.subAttributes?.[0]?.name ?? '']: 'x' }
          : attribute.type === 'boolean'
            ? true
            : 'x'
      return attribute.multiValued ? [one] : one
    }
    const body = Object.fromEntries(userType.schema.attributes.map((attribute) => [attribute.name, sample(attribute)]))
    const read = readResource(
      { ...body, schemas: [userType.schema.id], x509Certificates: [{ value: 'AAAA' }] },
      userType,
    )
    if (!read.ok) throw new Error(read.error.detail)
    expect(Object.keys(read.value).toSorted()).toEqual(['schemas', ...settable(userType)].toSorted())
  })
})
