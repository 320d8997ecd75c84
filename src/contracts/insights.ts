import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationId, Timestamp } from './ids.ts'

const tag = 'insights'

/**
 * What is counted. `kind` and `outcome` mean, in turn: the method and how it ended; nothing and what happened; the
 * connection type and what happened; what changed and how; the endpoint and what came of the attempt.
 */
export const insightMetrics = [
  'sign_ins',
  'users',
  'organizations',
  'connections',
  'directory_changes',
  'webhook_deliveries',
] as const
const Metric = Type.Enum([...insightMetrics])
export type InsightMetric = Static<typeof Metric>

const groupings = ['organization', 'kind', 'outcome', 'reason'] as const
const Grouping = Type.Enum([...groupings])
export type InsightGrouping = Static<typeof Grouping>

const Interval = Type.Enum(['hour', 'day'])
export type InsightInterval = Static<typeof Interval>

const nullableString = Type.Union([Type.String(), Type.Null()])

/** One count. What is not grouped by is left out; an hour or day in which nothing happened has no row. */
const InsightCount = Type.Object({
  /** When the hour or day begins, in UTC. */
  at: Timestamp,
  organization_id: Type.Optional(nullableString),
  kind: Type.Optional(nullableString),
  outcome: Type.Optional(nullableString),
  reason: Type.Optional(nullableString),
  count: Type.Integer(),
})
export type InsightCount = Static<typeof InsightCount>

export const Insight = Type.Object({
  object: Type.Literal('insight'),
  metric: Metric,
  interval: Interval,
  range_start: Timestamp,
  /** Exclusive. */
  range_end: Timestamp,
  data: Type.Array(InsightCount),
})
export type Insight = Static<typeof Insight>

const query = Type.Object({
  /** `day` unless told. Hours are kept for 90 days, days for ever. */
  interval: Type.Optional(Interval),
  /** Rounded down to its hour or day. */
  range_start: Type.Optional(Type.String()),
  range_end: Type.Optional(Type.String()),
  group_by: Type.Optional(Type.Array(Grouping, { maxItems: groupings.length })),
  organization_id: Type.Optional(OrganizationId),
  kind: Type.Optional(Type.String()),
  outcome: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
})
export type InsightQuery = Static<typeof query>

const common = { method: 'GET', tag, access: 'api_key', extension: true, query } as const
const errors = { 400: ['too_many_counts'], 404: ['entity_not_found'], 422: ['invalid_date', 'invalid_range'] }

export const getInsight = endpoint({
  ...common,
  operationId: 'getInsight',
  path: '/insights/{metric}',
  summary: 'Counts by hour or day: sign-ins, users, organizations, connections, directory changes, webhook deliveries',
  params: Type.Object({ metric: Metric }),
  success: { status: 200, body: Insight },
  errors,
})

export const exportInsight = endpoint({
  ...common,
  operationId: 'exportInsight',
  path: '/insights/{metric}/csv',
  summary: 'The same counts as CSV, for spreadsheets',
  params: Type.Object({ metric: Metric }),
  success: { status: 200, csv: true },
  errors,
})
