import type { Attribute } from './attribute.ts'
import { type ResourceType, resourceTypes, sameUrn, type Schema } from './schema.ts'
import {
  resourceTypeSchema,
  resourceTypeUrn,
  schemaSchema,
  schemaUrn,
  serviceProviderConfigSchema,
  serviceProviderConfigUrn,
} from './service-schema.ts'

/** What the doors really do. Clients skip what is false, and fail at what is true and does not work. */
export interface ServiceCapabilities {
  readonly documentationUri?: string
  readonly filterMaxResults: number
  readonly sort: boolean
  readonly etag: boolean
  /** Absent when there is no bulk endpoint. */
  readonly bulk?: { readonly maxOperations: number; readonly maxPayloadSize: number }
  readonly pagination: {
    readonly cursor: boolean
    readonly index: boolean
    readonly defaultMethod: 'cursor' | 'index'
    readonly defaultPageSize: number
    readonly maxPageSize: number
    /** Seconds. Absent when cursors do not age. */
    readonly cursorTimeout?: number
  }
}

/** RFC 7643 §5. @param baseUrl of the directory's SCIM endpoint, without a slash at the end. */
export function describeServiceProvider(baseUrl: string, capabilities: ServiceCapabilities) {
  const { bulk, pagination } = capabilities
  return {
    schemas: [serviceProviderConfigUrn],
    ...(capabilities.documentationUri !== undefined && { documentationUri: capabilities.documentationUri }),
    patch: { supported: true },
    // The limits are required even where bulk is not supported.
    bulk: {
      supported: bulk !== undefined,
      maxOperations: bulk?.maxOperations ?? 0,
      maxPayloadSize: bulk?.maxPayloadSize ?? 0,
    },
    filter: { supported: true, maxResults: capabilities.filterMaxResults },
    changePassword: { supported: false },
    sort: { supported: capabilities.sort },
    etag: { supported: capabilities.etag },
    pagination: {
      cursor: pagination.cursor,
      index: pagination.index,
      defaultPaginationMethod: pagination.defaultMethod,
      defaultPageSize: pagination.defaultPageSize,
      maxPageSize: pagination.maxPageSize,
      ...(pagination.cursorTimeout !== undefined && { cursorTimeout: pagination.cursorTimeout }),
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'Send the token of the directory as Authorization: Bearer.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}

/** RFC 7643 §6. */
export function describeResourceType(baseUrl: string, type: ResourceType) {
  return {
    schemas: [resourceTypeUrn],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.name}` },
  }
}

export function describeResourceTypes(baseUrl: string) {
  return resourceTypes.map((type) => describeResourceType(baseUrl, type))
}

/** The schemas of the resources, then those of the three documents of this file, RFC 7643 §8.7. */
export const schemas: readonly Schema[] = [
  ...resourceTypes.flatMap(({ schema, extensions }) => [schema, ...extensions]),
  serviceProviderConfigSchema,
  resourceTypeSchema,
  schemaSchema,
]

/** For `/Schemas/{id}`. */
export function findSchema(id: string): Schema | undefined {
  return schemas.find((schema) => sameUrn(schema.id, id))
}

/** For `/ResourceTypes/{name}`. */
export function findResourceType(name: string): ResourceType | undefined {
  return resourceTypes.find((type) => type.name.toLowerCase() === name.toLowerCase())
}

/** RFC 7643 §7. */
export function describeSchema(baseUrl: string, schema: Schema) {
  return {
    schemas: [schemaUrn],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(describeAttribute),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
  }
}

export function describeSchemas(baseUrl: string) {
  return schemas.map((schema) => describeSchema(baseUrl, schema))
}

/** RFC 7643 §7: caseExact is a characteristic of texts. */
function describeAttribute(attribute: Attribute): Record<string, unknown> {
  const { subAttributes, caseExact, ...rest } = attribute
  const isText = attribute.type === 'string' || attribute.type === 'reference' || attribute.type === 'binary'
  return {
    ...rest,
    ...(isText && { caseExact }),
    ...(subAttributes && { subAttributes: subAttributes.map(describeAttribute) }),
  }
}
