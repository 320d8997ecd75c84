import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { AlertRuleId, OrganizationId, Timestamp, WebhookEndpointId } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'alert-rules'
const nullableOrganization = Type.Union([OrganizationId, Type.Null()])
const nullableEndpoint = Type.Union([WebhookEndpointId, Type.Null()])

const Scope = Type.Enum(['environment', 'each_organization'])

const described = {
  name: Type.String(),
  events: Type.Array(Type.String()),
  threshold: Type.Integer(),
  window_seconds: Type.Integer(),
}

export const AlertRule = Type.Object({
  object: Type.Literal('alert_rule'),
  id: AlertRuleId,
  ...described,
  /** Counts all together, or those of each organization for itself. */
  scope: Scope,
  /** Counts those of this organization alone. */
  organization_id: nullableOrganization,
  cooldown_seconds: Type.Integer(),
  webhook_endpoint_id: nullableEndpoint,
  emails: Type.Array(Type.String()),
  status: Type.Enum(['enabled', 'disabled']),
  /** Where it fires now, the latest 100. */
  firing: Type.Array(Type.Object({ organization_id: nullableOrganization, since: Timestamp })),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type AlertRule = Static<typeof AlertRule>

const alert = {
  object: Type.Literal('alert'),
  alert_rule_id: AlertRuleId,
  ...described,
  organization_id: nullableOrganization,
  /** The endpoint that is told besides those who are subscribed. */
  webhook_endpoint_id: nullableEndpoint,
  /** When the event happened that made it fire. */
  firing_since: Timestamp,
}
export const AlertFiringData = Type.Object({ ...alert, state: Type.Literal('firing') })
export const AlertRecoveredData = Type.Object({ ...alert, state: Type.Literal('recovered'), recovered_at: Timestamp })

const week = 7 * 24 * 60 * 60
const options = {
  /** How many make it fire; 1 unless told. */
  threshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** Within how long; five minutes unless told. */
  window_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: week })),
  scope: Type.Optional(Scope),
  organization_id: Type.Optional(nullableOrganization),
  /** How long it does not fire again; five minutes unless told. */
  cooldown_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: week })),
  webhook_endpoint_id: Type.Optional(nullableEndpoint),
  emails: Type.Optional(
    Type.Array(Type.String({ pattern: '^[^\\s@<>,]+@[^\\s@<>,]+$', maxLength: 254 }), { maxItems: 20 }),
  ),
}
const Name = Type.String({ minLength: 1, maxLength: 100 })
const Events = Type.Array(Type.String(), { minItems: 1, maxItems: 200 })

export const AlertRuleCreate = Type.Object({ name: Name, events: Events, ...options })
export type AlertRuleCreate = Static<typeof AlertRuleCreate>

export const AlertRuleUpdate = Type.Object({
  name: Type.Optional(Name),
  events: Type.Optional(Events),
  ...options,
  status: Type.Optional(Type.Enum(['enabled', 'disabled'])),
})
export type AlertRuleUpdate = Static<typeof AlertRuleUpdate>

const params = Type.Object({ id: AlertRuleId })
const errors = { 404: ['entity_not_found'], 422: ['unknown_event', 'invalid_scope'] }
const common = { tag, access: 'api_key', extension: true } as const

export const listAlertRules = endpoint({
  ...common,
  operationId: 'listAlertRules',
  method: 'GET',
  path: '/alert_rules',
  summary: 'List alert rules with where they fire',
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(AlertRule) },
})

export const createAlertRule = endpoint({
  ...common,
  operationId: 'createAlertRule',
  method: 'POST',
  path: '/alert_rules',
  summary: 'Be told when so many of these events happen within so long',
  body: AlertRuleCreate,
  success: { status: 201, body: AlertRule },
  errors,
})

export const getAlertRule = endpoint({
  ...common,
  operationId: 'getAlertRule',
  method: 'GET',
  path: '/alert_rules/{id}',
  summary: 'Get an alert rule with where it fires',
  params,
  success: { status: 200, body: AlertRule },
  errors: { 404: ['entity_not_found'] },
})

export const updateAlertRule = endpoint({
  ...common,
  operationId: 'updateAlertRule',
  method: 'PATCH',
  path: '/alert_rules/{id}',
  summary: 'Change or disable an alert rule; one that changes starts to watch anew, and what fires is forgotten',
  params,
  body: AlertRuleUpdate,
  success: { status: 200, body: AlertRule },
  errors,
})

export const deleteAlertRule = endpoint({
  ...common,
  operationId: 'deleteAlertRule',
  method: 'DELETE',
  path: '/alert_rules/{id}',
  summary: 'Delete an alert rule',
  params,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
