import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { SigningKeyId, Timestamp } from './ids.ts'

const nullableTimestamp = Type.Union([Timestamp, Type.Null()])
const Algorithm = Type.Enum(['RS256', 'ES256'])

/** A key that access tokens are signed with; its public half is in the JWKS. */
export const SigningKey = Type.Object({
  object: Type.Literal('signing_key'),
  /** The `kid` of the tokens. */
  id: SigningKeyId,
  algorithm: Algorithm,
  /** `upcoming` ones are published and do not sign yet; `retired` ones are published for what they signed. */
  state: Type.Enum(['upcoming', 'active', 'retired']),
  /** Null for a key that was there from the start. */
  signs_from: nullableTimestamp,
  retires_at: nullableTimestamp,
  published_until: nullableTimestamp,
  created_at: Timestamp,
})
export type SigningKey = Static<typeof SigningKey>

export const SigningKeys = Type.Object({ object: Type.Literal('list'), data: Type.Array(SigningKey) })
export type SigningKeys = Static<typeof SigningKeys>

const shared = { tag: 'environments', access: 'api_key', extension: true } as const

export const listSigningKeys = endpoint({
  ...shared,
  operationId: 'listSigningKeys',
  method: 'GET',
  path: '/environments/current/signing_keys',
  summary: 'List the published keys that access tokens are signed with, newest first',
  success: { status: 200, body: SigningKeys },
})

export const rotateSigningKeys = endpoint({
  ...shared,
  operationId: 'rotateSigningKeys',
  method: 'POST',
  path: '/environments/current/signing_keys/rotate',
  summary:
    'Publish a successor that signs once everybody can know it; the old key stays published as long as its tokens live',
  body: Type.Object({
    /** RS256 unless told. */
    algorithm: Type.Optional(Algorithm),
  }),
  success: { status: 201, body: SigningKeys },
})
