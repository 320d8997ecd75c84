import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { PasskeyId, Timestamp, UserId } from './ids.ts'
import { List, pageQuery } from './list.ts'

export const Passkey = Type.Object({
  object: Type.Literal('passkey'),
  id: PasskeyId,
  user_id: UserId,
  /** How the browser said that it can be reached, such as `internal`, `hybrid` or `usb`; other words may come. */
  transports: Type.Array(Type.String()),
  created_at: Timestamp,
  last_used_at: Type.Union([Timestamp, Type.Null()]),
})
export type Passkey = Static<typeof Passkey>

const tag = 'passkeys'

export const listUserPasskeys = endpoint({
  operationId: 'listUserPasskeys',
  method: 'GET',
  path: '/user_management/users/{id}/passkeys',
  summary: 'List the passkeys of a user',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: UserId }),
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(Passkey) },
  errors: { 404: ['entity_not_found'] },
})

export const deleteUserPasskey = endpoint({
  operationId: 'deleteUserPasskey',
  method: 'DELETE',
  path: '/user_management/users/{id}/passkeys/{passkey_id}',
  summary: 'Delete a passkey: it signs in nobody any more; sessions that it opened go on',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: UserId, passkey_id: PasskeyId }),
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
