import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { ConnectionId, OrganizationId, SsoSessionId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'dashboard'
const nullableString = Type.Union([Type.String(), Type.Null()])

export const attemptStates = ['started', 'succeeded', 'failed', 'timed_out'] as const

const attempt = {
  object: Type.Literal('sign_in_attempt'),
  id: SsoSessionId,
  organization_id: Type.Union([OrganizationId, Type.Null()]),
  connection_id: Type.Union([ConnectionId, Type.Null()]),
  /** Who began: the application (`sp`) or the identity provider (`idp`). */
  origin: Type.Enum(['sp', 'idp']),
  state: Type.Enum([...attemptStates]),
  /** Known once a response was believed; before, what the application hinted at. */
  email: nullableString,
  /** Why it failed. `code` is stable and names the fix in a provider's guide. */
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  ip_address: nullableString,
  user_agent: nullableString,
  created_at: Timestamp,
  finished_at: Type.Union([Timestamp, Type.Null()]),
}

export const SignInAttempt = Type.Object(attempt)
export type SignInAttempt = Static<typeof SignInAttempt>

export const timelineSteps = [
  'started',
  'connection_chosen',
  'request_sent',
  'response_received',
  'verified',
  'refused',
  'code_issued',
  'code_exchanged',
] as const

/** Where the cause is put right: here in the connection, at the identity provider, or in the application. */
export const sides = ['connection', 'identity_provider', 'application', 'person'] as const
export type Side = (typeof sides)[number]

const AttemptCheck = Type.Object({
  name: Type.String(),
  /** The clause of the specification that demands it. */
  clause: Type.String(),
  outcome: Type.Enum(['passed', 'failed', 'not_reached']),
})
export type AttemptCheck = Static<typeof AttemptCheck>

/** What stood against what, and who has to change something. */
const Finding = Type.Object({
  code: Type.String(),
  /** The check that failed; null for what no check of the response is about. */
  check: nullableString,
  clause: nullableString,
  message: Type.String(),
  expected: Type.Array(Type.String()),
  received: Type.Array(Type.String()),
  side: Type.Enum([...sides]),
})
export type Finding = Static<typeof Finding>

export const SignInAttemptTrace = Type.Object({
  ...attempt,
  timeline: Type.Array(
    Type.Object({
      at: Timestamp,
      step: Type.Enum([...timelineSteps]),
      facts: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  /** Every check of the response in the order they run; empty when no response came. */
  checks: Type.Array(AttemptCheck),
  finding: Type.Union([Finding, Type.Null()]),
  /** Whether the refused response was kept, so that it can be shown and replayed. */
  response_kept: Type.Boolean(),
})
export type SignInAttemptTrace = Static<typeof SignInAttemptTrace>

const params = Type.Object({ id: SsoSessionId })
const notFound = { 404: ['entity_not_found'] }

export const listSignInAttempts = endpoint({
  operationId: 'listSignInAttempts',
  method: 'GET',
  path: '/sign_in_attempts',
  summary: 'List sign-in attempts, newest first',
  tag,
  access: 'dashboard',
  query: Type.Object({
    ...pageQuery,
    connection_id: Type.Optional(Type.String()),
    /** True shows failures and time-outs alone. */
    failed: Type.Optional(Type.Boolean()),
  }),
  success: { status: 200, body: List(SignInAttempt) },
})

export const getSignInAttempt = endpoint({
  operationId: 'getSignInAttempt',
  method: 'GET',
  path: '/sign_in_attempts/{id}',
  summary: 'One attempt with its timeline, its checks, and what was wrong',
  tag,
  access: 'dashboard',
  params,
  success: { status: 200, body: SignInAttemptTrace },
  errors: notFound,
})

export const RefusedResponse = Type.Object({
  object: Type.Literal('refused_response'),
  /** As it was posted, base64. */
  saml_response: Type.String(),
  /** Decoded; null when it is not text. Whoever sent it wrote it: show it as text, never as markup. */
  xml: nullableString,
})
export type RefusedResponse = Static<typeof RefusedResponse>

export const revealRefusedResponse = endpoint({
  operationId: 'revealRefusedResponse',
  method: 'POST',
  path: '/sign_in_attempts/{id}/reveal_response',
  summary: 'Show the refused response as it arrived; it holds personal data, so the audit trail says who looked',
  tag,
  access: 'dashboard',
  params,
  success: { status: 200, body: RefusedResponse },
  errors: notFound,
})

export const Replay = Type.Object({
  object: Type.Literal('replay'),
  outcome: Type.Enum(['accepted', 'refused']),
  /** The time it was judged for: that of its arrival, so that age alone refuses nothing. */
  judged_for: Timestamp,
  checks: Type.Array(AttemptCheck),
  finding: Type.Union([Finding, Type.Null()]),
  /** Whom it would sign in. */
  profile: Type.Union([
    Type.Object({
      idp_id: Type.String(),
      email: Type.String(),
      first_name: nullableString,
      last_name: nullableString,
      groups: Type.Array(Type.String()),
    }),
    Type.Null(),
  ]),
})
export type Replay = Static<typeof Replay>

export const replayRefusedResponse = endpoint({
  operationId: 'replayRefusedResponse',
  method: 'POST',
  path: '/sign_in_attempts/{id}/replay',
  summary: 'Judge the refused response by the connection as it is now; signs nobody in',
  tag,
  access: 'dashboard',
  params,
  success: { status: 200, body: Replay },
  errors: notFound,
})
