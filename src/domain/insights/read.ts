import { sql } from 'kysely'
import {
  type Insight,
  type InsightCount,
  type InsightGrouping,
  type InsightInterval,
  type InsightMetric,
  insightMetrics,
  type InsightQuery,
} from '#contracts/insights.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { BadRequest, Invalid, NotFound } from '../errors.ts'
import { stampEvents } from '../events/stamp.ts'
import { countNews, type FollowDeps } from './follow.ts'

const hourMs = 60 * 60_000
const lengths: Record<InsightInterval, number> = { hour: hourMs, day: 24 * hourMs }
const defaultIntervals: Record<InsightInterval, number> = { hour: 24, day: 30 }
const maxCounts = 10_000

/** How a grouping is called in the answer. */
const fields: Record<InsightGrouping, 'organization_id' | 'kind' | 'outcome' | 'reason'> = {
  organization: 'organization_id',
  kind: 'kind',
  outcome: 'outcome',
  reason: 'reason',
}

/**
 * Counts by hour or day; who reads sees what was committed before. Cost follows the range that is asked for.
 * @throws NotFound for something that is not counted; BadRequest `too_many_counts`.
 */
export async function readInsight(
  deps: FollowDeps,
  environment: EnvironmentId,
  name: string,
  query: InsightQuery,
): Promise<Insight> {
  const metric = insightMetrics.find((candidate) => candidate === name)
  if (!metric) throw new NotFound('Insight', name)
  const interval = query.interval ?? 'day'
  const range = rangeOf(query, interval, deps.clock())
  await stampEvents(deps.db)
  await countNews(deps, environment)
  const data = await readCounts(deps, environment, { metric, interval, ...range }, query)
  return {
    object: 'insight',
    metric,
    interval,
    range_start: range.start.toISOString(),
    range_end: range.end.toISOString(),
    data,
  }
}

interface Asked {
  readonly metric: InsightMetric
  readonly interval: InsightInterval
  readonly start: Date
  readonly end: Date
}

async function readCounts(
  { db }: FollowDeps,
  environment: EnvironmentId,
  { metric, interval, start, end }: Asked,
  query: InsightQuery,
): Promise<InsightCount[]> {
  const grouped = [...new Set(query.group_by ?? [])]
  const rows = await db.kysely
    .selectFrom('insight_counts')
    .select(['bucket', ...grouped, sql<number>`sum(count)::bigint`.as('total')])
    .where('environment_id', '=', environment)
    .where('metric', '=', metric)
    .where('grain', '=', interval)
    .where('bucket', '>=', start)
    .where('bucket', '<', end)
    .$if(query.organization_id !== undefined, (list) => list.where('organization', '=', query.organization_id ?? ''))
    .$if(query.kind !== undefined, (list) => list.where('kind', '=', query.kind ?? ''))
    .$if(query.outcome !== undefined, (list) => list.where('outcome', '=', query.outcome ?? ''))
    .$if(query.reason !== undefined, (list) => list.where('reason', '=', query.reason ?? ''))
    .groupBy(['bucket', ...grouped])
    .orderBy('bucket')
    .$call((list) => grouped.reduce((ordered, column) => ordered.orderBy(column), list))
    .limit(maxCounts + 1)
    .execute()
  if (rows.length > maxCounts)
    throw new BadRequest(
      `There are more than ${maxCounts} counts. Ask for days instead of hours, a shorter range or one organization.`,
      'too_many_counts',
    )
  return rows.map((row) => ({
    at: row.bucket.toISOString(),
    ...Object.fromEntries(grouped.map((grouping) => [fields[grouping], row[grouping] === '' ? null : row[grouping]])),
    count: row.total,
  }))
}

function rangeOf(query: InsightQuery, interval: InsightInterval, now: Date): { start: Date; end: Date } {
  const length = lengths[interval]
  const end = timeOf('range_end', query.range_end) ?? new Date(now.getTime() + 1)
  const begin = timeOf('range_start', query.range_start)
  const first = begin?.getTime() ?? end.getTime() - 1 - (defaultIntervals[interval] - 1) * length
  const start = new Date(Math.floor(first / length) * length)
  if (start < end) return { start, end }
  throw new Invalid(
    [{ field: 'range_end', code: 'invalid_range', message: 'range_end must be after range_start.' }],
    'invalid_range',
  )
}

function timeOf(field: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new Invalid(
    [{ field, code: 'invalid_date', message: `${field} must be an ISO-8601 time; '${text.slice(0, 100)}' is not.` }],
    'invalid_date',
  )
}

/** RFC 4180. A value that a spreadsheet would take for a formula is made text. */
export function toCsv({ data }: Insight, query: InsightQuery): string {
  const grouped = [...new Set(query.group_by ?? [])].map((grouping) => fields[grouping])
  const lines = data.map((count) => [count.at, ...grouped.map((column) => count[column] ?? ''), String(count.count)])
  return [['at', ...grouped, 'count'], ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
