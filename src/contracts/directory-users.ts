import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { DirectoryGroupId, DirectoryId, DirectoryUserId, OrganizationId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'directory-sync'
const nullableString = Type.Union([Type.String(), Type.Null()])
const Role = Type.Object({ slug: Type.String() })

export const DirectoryGroup = Type.Object({
  object: Type.Literal('directory_group'),
  id: DirectoryGroupId,
  idp_id: Type.String(),
  directory_id: DirectoryId,
  organization_id: OrganizationId,
  name: Type.String(),
  raw_attributes: Type.Record(Type.String(), Type.Unknown()),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type DirectoryGroup = Static<typeof DirectoryGroup>

const Email = Type.Object({
  primary: Type.Optional(Type.Boolean()),
  type: Type.Optional(Type.String()),
  value: Type.Optional(nullableString),
})

/** As events carry it: without groups, which events of their own tell about. */
export const DirectoryUser = Type.Object({
  object: Type.Literal('directory_user'),
  id: DirectoryUserId,
  directory_id: DirectoryId,
  organization_id: OrganizationId,
  idp_id: Type.String(),
  email: nullableString,
  first_name: nullableString,
  last_name: nullableString,
  name: nullableString,
  emails: Type.Array(Email),
  job_title: nullableString,
  username: nullableString,
  state: Type.Enum(['active', 'inactive']),
  role: Type.Optional(Role),
  roles: Type.Optional(Type.Array(Role)),
  custom_attributes: Type.Record(Type.String(), Type.Unknown()),
  raw_attributes: Type.Record(Type.String(), Type.Unknown()),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type DirectoryUser = Static<typeof DirectoryUser>

/** As the API answers it. Old SDK majors crash without `groups`. */
export const DirectoryUserWithGroups = Type.Object({
  ...DirectoryUser.properties,
  groups: Type.Array(DirectoryGroup),
})
export type DirectoryUserWithGroups = Static<typeof DirectoryUserWithGroups>

/** What changed, with the values from before; a key that is new shows null. */
const PreviousAttributes = Type.Record(Type.String(), Type.Unknown())

export const DirectoryUserUpdatedData = Type.Object({
  ...DirectoryUser.properties,
  previous_attributes: PreviousAttributes,
})
export const DirectoryGroupUpdatedData = Type.Object({
  ...DirectoryGroup.properties,
  previous_attributes: PreviousAttributes,
})
export const DirectoryMembershipData = Type.Object({
  directory_id: DirectoryId,
  user: DirectoryUser,
  group: DirectoryGroup,
})

const errors = { 404: ['entity_not_found'], 422: [] }

export const listDirectoryUsers = endpoint({
  operationId: 'listDirectoryUsers',
  method: 'GET',
  path: '/directory_users',
  summary: 'List the users of a directory or a group',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    directory: Type.Optional(Type.String()),
    group: Type.Optional(Type.String()),
    idp_id: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(DirectoryUserWithGroups) },
  errors,
})

export const getDirectoryUser = endpoint({
  operationId: 'getDirectoryUser',
  method: 'GET',
  path: '/directory_users/{id}',
  summary: 'Get a directory user',
  tag,
  access: 'api_key',
  params: Type.Object({ id: DirectoryUserId }),
  success: { status: 200, body: DirectoryUserWithGroups },
  errors,
})

export const listDirectoryGroups = endpoint({
  operationId: 'listDirectoryGroups',
  method: 'GET',
  path: '/directory_groups',
  summary: 'List the groups of a directory or a user',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    directory: Type.Optional(Type.String()),
    user: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(DirectoryGroup) },
  errors,
})

export const getDirectoryGroup = endpoint({
  operationId: 'getDirectoryGroup',
  method: 'GET',
  path: '/directory_groups/{id}',
  summary: 'Get a directory group',
  tag,
  access: 'api_key',
  params: Type.Object({ id: DirectoryGroupId }),
  success: { status: 200, body: DirectoryGroup },
  errors,
})
