import * as Type from 'typebox'
import type { Static } from 'typebox'
import { dashboardRoles, endpoint } from './endpoint.ts'
import { AuditEntryId, DashboardUserId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'dashboard'
const nullableString = Type.Union([Type.String(), Type.Null()])
const Role = Type.Enum([...dashboardRoles])

const user = {
  object: Type.Literal('dashboard_user'),
  id: DashboardUserId,
  email: Type.String(),
  role: Role,
  /** `developer` is whoever sits at the machine in development: it has no password. */
  state: Type.Enum(['invited', 'active', 'developer']),
  /** Null until the first; whoever stays signed in does not sign in again. */
  last_sign_in_at: Type.Union([Timestamp, Type.Null()]),
  created_at: Timestamp,
}

export const DashboardUser = Type.Object(user)
export type DashboardUser = Static<typeof DashboardUser>

export const InvitedDashboardUser = Type.Object({
  ...user,
  /** Shown once: whoever opens it sets a password and a second factor. */
  invitation_url: Type.String(),
  invitation_expires_at: Timestamp,
})
export type InvitedDashboardUser = Static<typeof InvitedDashboardUser>

const params = Type.Object({ id: DashboardUserId })
const notFound = { 404: ['entity_not_found'] }

export const listDashboardUsers = endpoint({
  operationId: 'listDashboardUsers',
  method: 'GET',
  path: '/users',
  summary: 'Everybody who may use the dashboard',
  tag,
  access: 'installation',
  ownersOnly: true,
  success: { status: 200, body: Type.Object({ object: Type.Literal('list'), data: Type.Array(DashboardUser) }) },
})

export const inviteDashboardUser = endpoint({
  operationId: 'inviteDashboardUser',
  method: 'POST',
  path: '/users',
  summary: 'Invite somebody, or give somebody who lost their password or phone a way back',
  tag,
  access: 'installation',
  ownersOnly: true,
  body: Type.Object({
    email: Type.String({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' }),
    role: Role,
  }),
  success: { status: 201, body: InvitedDashboardUser },
  errors: { 400: ['dashboard_role_differs'] },
})

export const changeDashboardUser = endpoint({
  operationId: 'changeDashboardUser',
  method: 'PATCH',
  path: '/users/{id}',
  summary: 'Change the role of somebody; another one ends their sessions',
  tag,
  access: 'installation',
  ownersOnly: true,
  params,
  body: Type.Object({ role: Role }),
  success: { status: 200, body: DashboardUser },
  errors: { 400: ['last_owner'], ...notFound },
})

export const removeDashboardUser = endpoint({
  operationId: 'removeDashboardUser',
  method: 'DELETE',
  path: '/users/{id}',
  summary: 'Remove somebody with their sessions',
  tag,
  access: 'installation',
  ownersOnly: true,
  params,
  success: { status: 204 },
  errors: { 400: ['last_owner'], ...notFound },
})

export const AuditEntry = Type.Object({
  object: Type.Literal('audit_entry'),
  id: AuditEntryId,
  /** Null for what is about the whole installation. */
  environment_id: nullableString,
  email: Type.String(),
  /** The operation, such as `createConnection`. */
  operation: Type.String(),
  path: Type.String(),
  target: nullableString,
  request_id: Type.String(),
  ip_address: nullableString,
  /** How it was answered; null when the server died meanwhile. */
  status: Type.Union([Type.Integer(), Type.Null()]),
  created_at: Timestamp,
})
export type AuditEntry = Static<typeof AuditEntry>

export const listAuditEntries = endpoint({
  operationId: 'listAuditEntries',
  method: 'GET',
  path: '/audit_entries',
  summary: 'What dashboard users changed in this environment or tried to, newest first',
  tag,
  access: 'dashboard',
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(AuditEntry) },
})

export const listInstallationAuditEntries = endpoint({
  operationId: 'listInstallationAuditEntries',
  method: 'GET',
  path: '/audit_entries',
  summary: 'The same for the whole installation',
  tag,
  access: 'installation',
  ownersOnly: true,
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(AuditEntry) },
})
