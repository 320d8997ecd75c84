import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { AuthenticationChallengeId, AuthenticationFactorId, Timestamp, UserId } from './ids.ts'
import { List, pageQuery } from './list.ts'

const factor = {
  object: Type.Literal('authentication_factor'),
  id: AuthenticationFactorId,
  type: Type.Literal('totp'),
  user_id: Type.Optional(UserId),
  created_at: Timestamp,
  updated_at: Timestamp,
}

export const AuthenticationFactor = Type.Object({
  ...factor,
  totp: Type.Object({ issuer: Type.String(), user: Type.String() }),
})
export type AuthenticationFactor = Static<typeof AuthenticationFactor>

/** As it is shown once, when it is made. */
export const EnrolledFactor = Type.Object({
  ...factor,
  totp: Type.Object({
    issuer: Type.String(),
    user: Type.String(),
    secret: Type.String(),
    /** A PNG as a data URL. */
    qr_code: Type.String(),
    uri: Type.String(),
  }),
})
export type EnrolledFactor = Static<typeof EnrolledFactor>

export const AuthenticationChallenge = Type.Object({
  object: Type.Literal('authentication_challenge'),
  id: AuthenticationChallengeId,
  authentication_factor_id: AuthenticationFactorId,
  expires_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type AuthenticationChallenge = Static<typeof AuthenticationChallenge>

const name = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }))

export const FactorEnroll = Type.Object({
  type: Type.Literal('totp', {
    description:
      'Second factors are authenticator apps: enrol one with type "totp" and show its qr_code. No text messages are sent; a code by mail is POST /user_management/magic_auth.',
  }),
  totp_issuer: name,
  totp_user: name,
  /** A secret people have in their apps already, in Base32. */
  totp_secret: Type.Optional(Type.String({ minLength: 16, maxLength: 256, pattern: '^[A-Za-z2-7= ]+$' })),
})
export type FactorEnroll = Static<typeof FactorEnroll>

const tag = 'mfa'
const factorParams = Type.Object({ id: AuthenticationFactorId })
const userParams = Type.Object({ id: UserId })
const invalid = ['invalid_request_parameters']

export const listUserFactors = endpoint({
  operationId: 'listUserFactors',
  method: 'GET',
  path: '/user_management/users/{id}/auth_factors',
  summary: 'List the second factors of a user',
  tag,
  access: 'api_key',
  params: userParams,
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(AuthenticationFactor) },
  errors: { 404: ['entity_not_found'] },
})

export const enrollUserFactor = endpoint({
  operationId: 'enrollUserFactor',
  method: 'POST',
  path: '/user_management/users/{id}/auth_factors',
  summary: 'Give a user a second factor, which counts once a code of it was right',
  tag,
  access: 'api_key',
  params: userParams,
  body: FactorEnroll,
  success: {
    status: 201,
    body: Type.Object({
      authentication_factor: EnrolledFactor,
      authentication_challenge: AuthenticationChallenge,
    }),
  },
  errors: { 404: ['entity_not_found'], 422: invalid },
})

export const createRecoveryCodes = endpoint({
  operationId: 'createRecoveryCodes',
  method: 'POST',
  path: '/user_management/users/{id}/recovery_codes',
  summary: 'Make codes that stand in for a lost second factor, each once; former ones stop working',
  tag,
  access: 'api_key',
  extension: true,
  params: userParams,
  success: { status: 201, body: Type.Object({ recovery_codes: Type.Array(Type.String()) }) },
  errors: { 404: ['entity_not_found'] },
})

export const enrollFactor = endpoint({
  operationId: 'enrollFactor',
  method: 'POST',
  path: '/auth/factors/enroll',
  summary: 'Make a second factor for people this server does not know',
  tag,
  access: 'api_key',
  body: Type.Object({ ...FactorEnroll.properties, user_id: Type.Optional(UserId) }),
  success: { status: 201, body: EnrolledFactor },
  errors: { 404: ['entity_not_found'], 422: [] },
})

export const getFactor = endpoint({
  operationId: 'getFactor',
  method: 'GET',
  path: '/auth/factors/{id}',
  summary: 'Get a second factor, without its secret',
  tag,
  access: 'api_key',
  params: factorParams,
  success: { status: 200, body: AuthenticationFactor },
  errors: { 404: ['entity_not_found'] },
})

export const deleteFactor = endpoint({
  operationId: 'deleteFactor',
  method: 'DELETE',
  path: '/auth/factors/{id}',
  summary: 'Delete a second factor with its challenges',
  tag,
  access: 'api_key',
  params: factorParams,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})

export const challengeFactor = endpoint({
  operationId: 'challengeFactor',
  method: 'POST',
  path: '/auth/factors/{id}/challenge',
  summary: 'Ask for a code of a second factor',
  tag,
  access: 'api_key',
  params: factorParams,
  body: Type.Object({ sms_template: Type.Optional(Type.String()) }),
  success: { status: 201, body: AuthenticationChallenge },
  errors: { 404: ['entity_not_found'] },
})

export const verifyChallenge = endpoint({
  operationId: 'verifyChallenge',
  method: 'POST',
  path: '/auth/challenges/{id}/verify',
  summary: 'Check the code somebody gave; a wrong one is an answer, not an error',
  tag,
  access: 'api_key',
  params: Type.Object({ id: AuthenticationChallengeId }),
  body: Type.Object({ code: Type.String({ minLength: 1 }) }),
  success: { status: 201, body: Type.Object({ challenge: AuthenticationChallenge, valid: Type.Boolean() }) },
  errors: {
    400: ['one_time_code_too_many_attempts'],
    404: ['entity_not_found'],
    422: ['authentication_challenge_expired', 'authentication_challenge_previously_verified'],
  },
})
