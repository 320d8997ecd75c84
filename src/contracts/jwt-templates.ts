import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { Timestamp } from './ids.ts'

export const JwtTemplate = Type.Object({
  object: Type.Literal('jwt_template'),
  content: Type.String(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type JwtTemplate = Static<typeof JwtTemplate>

const tag = 'jwt-template'

export const getJwtTemplate = endpoint({
  operationId: 'getJwtTemplate',
  method: 'GET',
  path: '/user_management/jwt_template',
  summary: 'Get the template of the claims that access tokens hold in addition',
  tag,
  access: 'api_key',
  success: { status: 200, body: JwtTemplate },
  errors: { 404: ['entity_not_found'] },
})

export const setJwtTemplate = endpoint({
  operationId: 'setJwtTemplate',
  method: 'PUT',
  path: '/user_management/jwt_template',
  summary: 'Set the template of the claims that access tokens hold in addition',
  tag,
  access: 'api_key',
  body: Type.Object({ content: Type.String({ minLength: 2, maxLength: 8192 }) }),
  success: { status: 200, body: JwtTemplate },
  errors: { 422: ['invalid_request_parameters'] },
})
