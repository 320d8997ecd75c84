import { type Attribute, attribute, complex, exact } from './attribute.ts'
import type { Schema } from './schema.ts'

export const serviceProviderConfigUrn = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
export const resourceTypeUrn = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
export const schemaUrn = 'urn:ietf:params:scim:schemas:core:2.0:Schema'

const readOnly = { mutability: 'readOnly' } as const
const requiredText = { ...readOnly, required: true } as const

const supported = attribute('supported', 'Whether the service provider supports it.', {
  ...requiredText,
  type: 'boolean',
})

function integer(name: string, description: string, required = true): Attribute {
  return attribute(name, description, { ...readOnly, required, type: 'integer' })
}

function feature(name: string, description: string, ...more: Attribute[]): Attribute {
  return complex(name, description, [supported, ...more], requiredText)
}

/** RFC 7643 §5 and §8.7.2, with the `pagination` attribute of RFC 9865 §4. */
export const serviceProviderConfigSchema: Schema = {
  id: serviceProviderConfigUrn,
  name: 'ServiceProviderConfig',
  description: 'What this service provider supports',
  attributes: [
    exact('documentationUri', 'Where the documentation is.', {
      ...readOnly,
      type: 'reference',
      referenceTypes: ['external'],
    }),
    feature('patch', 'PATCH operations.'),
    feature(
      'bulk',
      'Bulk operations.',
      integer('maxOperations', 'How many operations one request may hold.'),
      integer('maxPayloadSize', 'How many bytes one request may have.'),
    ),
    feature('filter', 'Filters.', integer('maxResults', 'How many resources one answer holds at most.')),
    feature('changePassword', 'Changing passwords.'),
    feature('sort', 'Sorting.'),
    feature('etag', 'Entity tags.'),
    complex(
      'pagination',
      'How results are paged, RFC 9865.',
      [
        attribute('cursor', 'Whether pages can be asked for by cursor.', { ...requiredText, type: 'boolean' }),
        attribute('index', 'Whether pages can be asked for by index.', { ...requiredText, type: 'boolean' }),
        attribute('defaultPaginationMethod', 'The method when the client names none.', {
          ...readOnly,
          canonicalValues: ['index', 'cursor'],
        }),
        integer('defaultPageSize', 'The size of a page when the client names none.', false),
        integer('maxPageSize', 'The largest page.', false),
        integer('cursorTimeout', 'For how many seconds a cursor is good.', false),
      ],
      readOnly,
    ),
    complex(
      'authenticationSchemes',
      'How to authenticate.',
      [
        attribute('type', 'The kind of scheme.', {
          ...requiredText,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        attribute('name', 'The name of the scheme.', requiredText),
        attribute('description', 'What to send.', requiredText),
        exact('specUri', "The scheme's specification.", {
          ...readOnly,
          type: 'reference',
          referenceTypes: ['external'],
        }),
        exact('documentationUri', 'How to use it here.', {
          ...readOnly,
          type: 'reference',
          referenceTypes: ['external'],
        }),
        attribute('primary', 'Whether this is the preferred scheme.', { ...readOnly, type: 'boolean' }),
      ],
      { ...requiredText, multiValued: true },
    ),
  ],
}

/** RFC 7643 §6. */
export const resourceTypeSchema: Schema = {
  id: resourceTypeUrn,
  name: 'ResourceType',
  description: 'A type of resource and where to find it',
  attributes: [
    attribute('id', 'The id of the resource type, its name.', readOnly),
    attribute('name', 'The name of the resource type.', requiredText),
    attribute('description', 'What it is, for people to read.', readOnly),
    exact('endpoint', "The endpoint, relative to the service provider's base.", {
      ...requiredText,
      type: 'reference',
      referenceTypes: ['uri'],
    }),
    exact('schema', 'The URI of the primary schema.', { ...requiredText, type: 'reference', referenceTypes: ['uri'] }),
    complex(
      'schemaExtensions',
      'The extensions of the primary schema.',
      [
        exact('schema', 'The URI of the extension.', { ...requiredText, type: 'reference', referenceTypes: ['uri'] }),
        attribute('required', 'Whether every resource has to have it.', { ...requiredText, type: 'boolean' }),
      ],
      { ...readOnly, multiValued: true },
    ),
  ],
}

const described = [
  attribute('name', 'The name of the attribute.', requiredText),
  attribute('type', 'The data type.', {
    ...requiredText,
    canonicalValues: ['string', 'complex', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'],
  }),
  attribute('multiValued', 'Whether there can be several values.', { ...requiredText, type: 'boolean' }),
  attribute('description', 'What it is, for people to read.', readOnly),
  attribute('required', 'Whether it must have a value.', { ...readOnly, type: 'boolean' }),
  exact('canonicalValues', 'Values it usually has.', { ...readOnly, multiValued: true }),
  attribute('caseExact', 'Whether case matters when texts are compared.', { ...readOnly, type: 'boolean' }),
  attribute('mutability', 'Who may change it, and when.', {
    ...readOnly,
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  attribute('returned', 'When answers contain it.', {
    ...readOnly,
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  attribute('uniqueness', 'Among what its values are unique.', {
    ...readOnly,
    canonicalValues: ['none', 'server', 'global'],
  }),
  exact('referenceTypes', 'The types of resource it may point at.', { ...readOnly, multiValued: true }),
]

/** RFC 7643 §7. */
export const schemaSchema: Schema = {
  id: schemaUrn,
  name: 'Schema',
  description: 'A schema: the attributes of a resource',
  attributes: [
    exact('id', 'The URI of the schema.', requiredText),
    attribute('name', 'The name of the schema.', readOnly),
    attribute('description', 'What it describes, for people to read.', readOnly),
    complex(
      'attributes',
      'The attributes.',
      [
        ...described,
        complex('subAttributes', 'The sub-attributes of a complex attribute.', described, {
          ...readOnly,
          multiValued: true,
        }),
      ],
      { ...requiredText, multiValued: true },
    ),
  ],
}
