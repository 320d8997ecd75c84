import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { List } from './list.ts'

const tag = 'directory-sync'

/** A custom attribute. Once defined, every person of the environment carries it: null where it cannot be read. */
export const DirectoryAttribute = Type.Object({
  object: Type.Literal('directory_attribute'),
  name: Type.String(),
  /** Where to read it in the SCIM resource; a directory's own attribute map goes before it. Null: only directories say. */
  path: Type.Union([Type.String(), Type.Null()]),
  description: Type.Union([Type.String(), Type.Null()]),
  /** One of the names that come with a path; it can be turned on without giving one. */
  predefined: Type.Boolean(),
  /** Whether it is defined in this environment. Predefined attributes that are not are listed too. */
  enabled: Type.Boolean(),
})
export type DirectoryAttribute = Static<typeof DirectoryAttribute>

export const DirectoryAttributeInput = Type.Object({
  /** Left out: the predefined path, if there is one. */
  path: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 512 }), Type.Null()])),
  description: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])),
})
export type DirectoryAttributeInput = Static<typeof DirectoryAttributeInput>

const params = Type.Object({ name: Type.String() })

export const listDirectoryAttributes = endpoint({
  operationId: 'listDirectoryAttributes',
  method: 'GET',
  path: '/directory_attributes',
  summary: 'List the custom attributes of the environment and the predefined ones, by name',
  tag,
  access: 'api_key',
  extension: true,
  success: { status: 200, body: List(DirectoryAttribute) },
})

export const setDirectoryAttribute = endpoint({
  operationId: 'setDirectoryAttribute',
  method: 'PUT',
  path: '/directory_attributes/{name}',
  summary: 'Define a custom attribute; everybody is mapped again, and those that change are announced',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: DirectoryAttributeInput,
  success: { status: 200, body: DirectoryAttribute },
  errors: { 422: ['invalid_directory_attribute'] },
})

export const deleteDirectoryAttribute = endpoint({
  operationId: 'deleteDirectoryAttribute',
  method: 'DELETE',
  path: '/directory_attributes/{name}',
  summary: 'Take a custom attribute from everybody; directories that map it themselves keep it',
  tag,
  access: 'api_key',
  extension: true,
  params,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
