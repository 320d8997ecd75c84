import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { Environment, environmentKinds } from './environments.ts'
import { ConnectionId, Timestamp } from './ids.ts'

const tag = 'dashboard'
const nullableString = Type.Union([Type.String(), Type.Null()])

export const overviewSteps = [
  'api_called',
  'organization_created',
  'connection_active',
  'directory_linked',
  'redirect_set',
  'signed_in',
  'events_read',
  'webhook_delivered',
  'log_stream_set',
] as const

const OverviewStep = Type.Object({
  step: Type.Enum([...overviewSteps]),
  done: Type.Boolean(),
  /** When it was seen, where that is known. */
  at: Type.Union([Timestamp, Type.Null()]),
  /** What shows it: the id of an object, or the client that called. Of a step that is not done, what it waits for. */
  evidence: nullableString,
  /** What people know that object by. */
  name: nullableString,
})
export type OverviewStep = Static<typeof OverviewStep>

export const getOverview = endpoint({
  operationId: 'getOverview',
  method: 'GET',
  path: '/overview',
  summary: 'How far setting up has come, by evidence',
  // Of its own: whatever happens may tick a step off, and this alone is read again for it.
  tag: 'overview',
  access: 'dashboard',
  success: { status: 200, body: Type.Object({ object: Type.Literal('overview'), steps: Type.Array(OverviewStep) }) },
})

const ExpiringConnection = Type.Object({
  object: Type.Literal('expiring_connection'),
  id: ConnectionId,
  name: Type.String(),
  /** When the last of its certificates ends; it may have ended. */
  expires_at: Timestamp,
})
export type ExpiringConnection = Static<typeof ExpiringConnection>

export const listExpiringConnections = endpoint({
  operationId: 'listExpiringConnections',
  method: 'GET',
  path: '/expiring_connections',
  summary: 'Connections whose last certificate ends within 90 days, the most urgent 20',
  tag,
  access: 'dashboard',
  success: {
    status: 200,
    body: Type.Object({ object: Type.Literal('list'), data: Type.Array(ExpiringConnection) }),
  },
})

export const searchKinds = [
  'organization',
  'connection',
  'directory',
  'directory_user',
  'directory_group',
  'user',
  'sign_in_attempt',
  'event',
  'webhook_endpoint',
  'log_stream',
  'api_key',
] as const

export const SearchResult = Type.Object({
  kind: Type.Enum([...searchKinds]),
  id: Type.String(),
  title: Type.String(),
  /** Where it belongs, such as the directory of a user. */
  parent_id: nullableString,
})
export type SearchResult = Static<typeof SearchResult>

export const searchEverything = endpoint({
  operationId: 'searchEverything',
  method: 'GET',
  path: '/search',
  summary: 'Find any object by its id, people by e-mail address, organizations by name or domain, the rest by name',
  tag,
  access: 'dashboard',
  query: Type.Object({ q: Type.String({ minLength: 1, maxLength: 200 }) }),
  success: {
    status: 200,
    body: Type.Object({ object: Type.Literal('list'), data: Type.Array(SearchResult) }),
  },
})

export const testRedirect = endpoint({
  operationId: 'testRedirect',
  method: 'GET',
  path: '/redirect_test',
  summary: 'Whether people may be sent to an address after signing in, and why not',
  tag,
  access: 'dashboard',
  query: Type.Object({ uri: Type.String({ minLength: 1, maxLength: 2048 }) }),
  success: {
    status: 200,
    body: Type.Object({
      object: Type.Literal('redirect_test'),
      uri: Type.String(),
      /** The registered address that allows it. */
      matches: nullableString,
      /** The registered address that looks most like it, when none allows it. */
      nearest: nullableString,
      /** Why it could not be registered either. */
      refusal: nullableString,
    }),
  },
})

export const RejectedRedirect = Type.Object({
  object: Type.Literal('rejected_redirect'),
  uri: Type.String(),
  times: Type.Integer(),
  last_seen_at: Timestamp,
})
export type RejectedRedirect = Static<typeof RejectedRedirect>

export const listRejectedRedirects = endpoint({
  operationId: 'listRejectedRedirects',
  method: 'GET',
  path: '/rejected_redirects',
  summary: 'Addresses that applications asked for lately and that are not registered',
  tag,
  access: 'dashboard',
  success: {
    status: 200,
    body: Type.Object({ object: Type.Literal('list'), data: Type.Array(RejectedRedirect) }),
  },
})

export const getDefaultRole = endpoint({
  operationId: 'getDefaultRole',
  method: 'GET',
  path: '/default_role',
  summary: 'The role of members who are given none',
  tag: 'authorization',
  access: 'dashboard',
  success: { status: 200, body: Type.Object({ object: Type.Literal('default_role'), slug: Type.String() }) },
})

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' })

export const makeEnvironment = endpoint({
  operationId: 'makeEnvironment',
  method: 'POST',
  path: '/environments',
  summary: 'Make an environment, with its signing keys',
  tag,
  access: 'installation',
  ownersOnly: true,
  body: Type.Object({ name: Name, kind: Type.Enum([...environmentKinds]) }),
  success: { status: 201, body: Environment },
})

export const renameEnvironment = endpoint({
  operationId: 'renameEnvironment',
  method: 'PATCH',
  path: '/environment',
  summary: 'Rename the environment',
  tag,
  access: 'dashboard',
  ownersOnly: true,
  body: Type.Object({ name: Name }),
  success: { status: 200, body: Environment },
})
