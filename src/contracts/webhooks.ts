import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { EventId, OrganizationId, Timestamp, WebhookDeliveryId, WebhookEndpointId } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'webhooks'
const nullableString = Type.Union([Type.String(), Type.Null()])
const nullableTimestamp = Type.Union([Timestamp, Type.Null()])

export const WebhookEndpoint = Type.Object({
  object: Type.Literal('webhook_endpoint'),
  id: WebhookEndpointId,
  endpoint_url: Type.String(),
  /** Signs the deliveries. After a roll it is the new one. */
  secret: Type.String(),
  status: Type.Enum(['enabled', 'disabled']),
  events: Type.Array(Type.String()),
  /** Events of one organization arrive strictly one after the other; a failing one holds back those behind it. */
  ordered: Type.Boolean(),
  /** Since when nothing got through. */
  failing_since: nullableTimestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type WebhookEndpoint = Static<typeof WebhookEndpoint>

/** Nothing got through for the whole window; the endpoint was switched off. Never holds the secret. */
export const WebhookEndpointDisabledData = Type.Object({
  object: Type.Literal('webhook_endpoint'),
  id: WebhookEndpointId,
  endpoint_url: Type.String(),
  status: Type.Literal('disabled'),
  events: Type.Array(Type.String()),
  ordered: Type.Boolean(),
  failing_since: Timestamp,
  /** HTTP status of the last answer, or null and why there was none. */
  last_status: Type.Union([Type.Integer(), Type.Null()]),
  last_error: nullableString,
  created_at: Timestamp,
  updated_at: Timestamp,
})

export const WebhookAttempt = Type.Object({
  at: Timestamp,
  /** HTTP status of the answer. */
  status: Type.Union([Type.Integer(), Type.Null()]),
  /** Why there was no answer. */
  error: nullableString,
  duration_ms: Type.Integer(),
})
export type WebhookAttempt = Static<typeof WebhookAttempt>

const Headers = Type.Record(Type.String(), Type.String())
const nullableHeaders = Type.Union([Headers, Type.Null()])

/** Of a request and of its answer, without cookies. */
export interface WebhookHeaders {
  readonly request: Static<typeof Headers>
  readonly response: Static<typeof nullableHeaders>
}

export const WebhookDelivery = Type.Object({
  object: Type.Literal('webhook_delivery'),
  id: WebhookDeliveryId,
  webhook_endpoint_id: WebhookEndpointId,
  event_id: EventId,
  event: Type.String(),
  organization_id: Type.Union([OrganizationId, Type.Null()]),
  /** Somebody asked for it to see what the receiver says; its event is a sample and in no log. */
  test: Type.Boolean(),
  state: Type.Enum(['pending', 'succeeded', 'failed']),
  attempts: Type.Integer(),
  next_attempt_at: nullableTimestamp,
  last_attempt_at: nullableTimestamp,
  /** HTTP status of the last answer. */
  last_status: Type.Union([Type.Integer(), Type.Null()]),
  /** Why there was no answer. */
  last_error: nullableString,
  /** The beginning of the last answer's body. */
  last_response: nullableString,
  last_request_headers: nullableHeaders,
  /** Without cookies. */
  last_response_headers: nullableHeaders,
  /** The oldest first. */
  recent_attempts: Type.Array(WebhookAttempt),
  created_at: Timestamp,
  completed_at: nullableTimestamp,
})
export type WebhookDelivery = Static<typeof WebhookDelivery>

const Url = Type.String({ minLength: 1, maxLength: 2048 })
const Events = Type.Array(Type.String(), { minItems: 1, maxItems: 200 })

export const WebhookEndpointCreate = Type.Object({
  endpoint_url: Url,
  events: Events,
  ordered: Type.Optional(Type.Boolean()),
})
export type WebhookEndpointCreate = Static<typeof WebhookEndpointCreate>

export const WebhookEndpointUpdate = Type.Object({
  endpoint_url: Type.Optional(Url),
  status: Type.Optional(Type.Enum(['enabled', 'disabled'])),
  events: Type.Optional(Events),
  ordered: Type.Optional(Type.Boolean()),
})
export type WebhookEndpointUpdate = Static<typeof WebhookEndpointUpdate>

const params = Type.Object({ id: WebhookEndpointId })
const notFound = { 404: ['entity_not_found'] }
const refusals = { 409: ['duplicate_endpoint'], 422: ['invalid_url', 'unknown_event'] }

export const listWebhookEndpoints = endpoint({
  operationId: 'listWebhookEndpoints',
  method: 'GET',
  path: '/webhook_endpoints',
  summary: 'List webhook endpoints',
  tag,
  access: 'api_key',
  secretFields: ['secret'],
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(WebhookEndpoint) },
})

export const createWebhookEndpoint = endpoint({
  operationId: 'createWebhookEndpoint',
  method: 'POST',
  path: '/webhook_endpoints',
  summary: 'Subscribe a URL to events',
  tag,
  access: 'api_key',
  body: WebhookEndpointCreate,
  success: { status: 201, body: WebhookEndpoint },
  errors: refusals,
})

export const getWebhookEndpoint = endpoint({
  operationId: 'getWebhookEndpoint',
  method: 'GET',
  path: '/webhook_endpoints/{id}',
  summary: 'Get a webhook endpoint',
  tag,
  access: 'api_key',
  secretFields: ['secret'],
  extension: true,
  params,
  success: { status: 200, body: WebhookEndpoint },
  errors: notFound,
})

export const updateWebhookEndpoint = endpoint({
  operationId: 'updateWebhookEndpoint',
  method: 'PATCH',
  path: '/webhook_endpoints/{id}',
  summary: 'Change a webhook endpoint; fields left out keep their value',
  tag,
  access: 'api_key',
  params,
  body: WebhookEndpointUpdate,
  success: { status: 200, body: WebhookEndpoint },
  errors: { ...notFound, ...refusals },
})

export const deleteWebhookEndpoint = endpoint({
  operationId: 'deleteWebhookEndpoint',
  method: 'DELETE',
  path: '/webhook_endpoints/{id}',
  summary: 'Delete a webhook endpoint with its deliveries',
  tag,
  access: 'api_key',
  params,
  success: { status: 204 },
  errors: notFound,
})

export const rollWebhookSecret = endpoint({
  operationId: 'rollWebhookSecret',
  method: 'POST',
  path: '/webhook_endpoints/{id}/roll_secret',
  summary: 'Issue a new secret; deliveries carry both signatures until the old one expires',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: Type.Object({
    /** Seconds the old secret still signs; one day unless told. */
    overlap_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_592_000 })),
  }),
  success: { status: 201, body: WebhookEndpoint },
  errors: notFound,
})

export const WebhookTest = Type.Object({
  object: Type.Literal('webhook_test'),
  delivery_id: WebhookDeliveryId,
  event_id: EventId,
  event: Type.String(),
  delivered: Type.Boolean(),
  /** HTTP status of the answer. */
  status: Type.Union([Type.Integer(), Type.Null()]),
  /** Why there was no answer. */
  error: nullableString,
  /** The beginning of the answer's body. */
  response: nullableString,
  duration_ms: Type.Integer(),
  request_headers: Headers,
  /** Without cookies. */
  response_headers: nullableHeaders,
})
export type WebhookTest = Static<typeof WebhookTest>

export const testWebhookEndpoint = endpoint({
  operationId: 'testWebhookEndpoint',
  method: 'POST',
  path: '/webhook_endpoints/{id}/test',
  summary: 'Send a signed sample of a subscribed event now and say what the receiver answered',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: Type.Object({
    /** The first one the endpoint is subscribed to unless told. */
    event: Type.Optional(Type.String()),
  }),
  success: { status: 201, body: WebhookTest },
  errors: { ...notFound, 422: ['event_not_subscribed', 'event_not_emitted'] },
})

export const listWebhookDeliveries = endpoint({
  operationId: 'listWebhookDeliveries',
  method: 'GET',
  path: '/webhook_endpoints/{id}/deliveries',
  summary: 'List deliveries of an endpoint with their last attempt',
  tag,
  access: 'api_key',
  extension: true,
  params,
  query: Type.Object({
    ...pageQuery,
    state: Type.Optional(Type.Enum(['pending', 'succeeded', 'failed'])),
    event_id: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(WebhookDelivery) },
  errors: notFound,
})

export const retryWebhookDelivery = endpoint({
  operationId: 'retryWebhookDelivery',
  method: 'POST',
  path: '/webhook_deliveries/{id}/retry',
  summary: 'Deliver again now, whatever came of it before',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: WebhookDeliveryId }),
  success: { status: 200, body: WebhookDelivery },
  errors: { ...notFound, 400: ['test_delivery'] },
})

const Rescheduled = Type.Object({ object: Type.Literal('webhook_deliveries_scheduled'), count: Type.Integer() })

export const recoverWebhookDeliveries = endpoint({
  operationId: 'recoverWebhookDeliveries',
  method: 'POST',
  path: '/webhook_endpoints/{id}/recover',
  summary: 'Deliver again everything that failed since a time',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: Type.Object({ since: Timestamp }),
  success: { status: 200, body: Rescheduled },
  errors: { ...notFound, 422: ['invalid_date'] },
})

export const replayWebhookEvents = endpoint({
  operationId: 'replayWebhookEvents',
  method: 'POST',
  path: '/webhook_endpoints/{id}/replay',
  summary: 'Deliver every subscribed event of a time range again, also those that succeeded',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: Type.Object({ range_start: Timestamp, range_end: Timestamp }),
  success: { status: 200, body: Rescheduled },
  errors: { ...notFound, 422: ['invalid_date'] },
})
