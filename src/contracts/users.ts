import * as Type from 'typebox'
import type { Static } from 'typebox'
import { EmailAddress } from './email-address.ts'
import { endpoint } from './endpoint.ts'
import { Timestamp, UserId } from './ids.ts'
import { List, pageQuery } from './list.ts'
import { ExternalId, Metadata, MetadataChange } from './organizations.ts'

const nullableString = Type.Union([Type.String(), Type.Null()])

export const User = Type.Object({
  object: Type.Literal('user'),
  id: UserId,
  email: Type.String(),
  email_verified: Type.Boolean(),
  first_name: nullableString,
  last_name: nullableString,
  name: nullableString,
  profile_picture_url: nullableString,
  locale: nullableString,
  external_id: nullableString,
  metadata: Metadata,
  last_sign_in_at: Type.Union([Timestamp, Type.Null()]),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type User = Static<typeof User>

/** Kinds of hashes that can be brought along. The parameters are part of the hash. */
export const PasswordHashType = Type.Enum([
  'bcrypt',
  'firebase-scrypt',
  'ssha',
  'ssha256',
  'scrypt',
  'pbkdf2',
  'argon2',
])
export type PasswordHashType = Static<typeof PasswordHashType>

const Name = Type.Union([Type.String({ maxLength: 255 }), Type.Null()])

/** A password, or a hash of one from elsewhere; not both. */
const password = {
  password: Type.Optional(Type.Union([Type.String({ maxLength: 1024 }), Type.Null()])),
  password_hash: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  password_hash_type: Type.Optional(PasswordHashType),
  /** Where the salt stood when a hash that does not say was made. */
  password_salt_position: Type.Optional(Type.Enum(['prefix', 'suffix'])),
}

const changeable = {
  first_name: Type.Optional(Name),
  last_name: Type.Optional(Name),
  name: Type.Optional(Name),
  email_verified: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  external_id: Type.Optional(ExternalId),
  metadata: Type.Optional(MetadataChange),
  ...password,
}

export const UserCreate = Type.Object({ email: EmailAddress, ...changeable })
export type UserCreate = Static<typeof UserCreate>

export const UserUpdate = Type.Object({
  email: Type.Optional(EmailAddress),
  /** A BCP 47 tag, such as `de-AT`. */
  locale: Type.Optional(nullableString),
  ...changeable,
})
export type UserUpdate = Static<typeof UserUpdate>

/** An account elsewhere that opens this one. */
export const UserIdentity = Type.Object({
  idp_id: Type.String(),
  type: Type.Literal('OAuth'),
  provider: Type.String(),
})
export type UserIdentity = Static<typeof UserIdentity>

const params = Type.Object({ id: UserId })
const tag = 'users'
const passwordErrors = [
  'invalid_password_hash',
  'password_and_password_hash_provided',
  'password_and_password_hash_type_provided',
  'password_salt_position_requires_password_hash',
  'password_strength_error',
] as const
const broken = ['invalid_request_parameters'] as const

export const listUsers = endpoint({
  operationId: 'listUsers',
  method: 'GET',
  path: '/user_management/users',
  summary: 'List users',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    /** The whole address, in any case. */
    email: Type.Optional(Type.String()),
    organization_id: Type.Optional(Type.String()),
    /** The older name of organization_id. */
    organization: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(User) },
})

export const createUser = endpoint({
  operationId: 'createUser',
  method: 'POST',
  path: '/user_management/users',
  summary: 'Create a user',
  tag,
  access: 'api_key',
  body: UserCreate,
  success: { status: 201, body: User },
  errors: { 400: ['invalid_metadata', 'user_creation_error', ...passwordErrors], 422: broken },
})

export const getUser = endpoint({
  operationId: 'getUser',
  method: 'GET',
  path: '/user_management/users/{id}',
  summary: 'Get a user',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: User },
  errors: { 404: ['entity_not_found'] },
})

export const getUserByExternalId = endpoint({
  operationId: 'getUserByExternalId',
  method: 'GET',
  path: '/user_management/users/external_id/{external_id}',
  summary: 'Get a user by your own id for them',
  tag,
  access: 'api_key',
  params: Type.Object({ external_id: Type.String() }),
  success: { status: 200, body: User },
  errors: { 404: ['entity_not_found'] },
})

export const updateUser = endpoint({
  operationId: 'updateUser',
  method: 'PUT',
  path: '/user_management/users/{id}',
  summary: 'Update a user; fields left out keep their value, a new address has to be proven again',
  tag,
  access: 'api_key',
  params,
  body: UserUpdate,
  success: { status: 200, body: User },
  errors: {
    400: ['email_not_available', 'external_id_already_used', 'invalid_locale', 'invalid_metadata', ...passwordErrors],
    404: ['entity_not_found'],
    422: broken,
  },
})

export const deleteUser = endpoint({
  operationId: 'deleteUser',
  method: 'DELETE',
  path: '/user_management/users/{id}',
  summary: 'Delete a user with their memberships and sessions',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, empty: true },
  errors: { 404: ['entity_not_found'] },
})

export const listUserIdentities = endpoint({
  operationId: 'listUserIdentities',
  method: 'GET',
  path: '/user_management/users/{id}/identities',
  summary: 'List the accounts of OAuth providers that open a user’s',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: Type.Array(UserIdentity) },
  errors: { 404: ['entity_not_found'] },
})
