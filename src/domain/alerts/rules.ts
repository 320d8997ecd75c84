import { eventNames } from '#contracts/event-names.ts'
import type { AlertRule, AlertRuleCreate, AlertRuleUpdate } from '#contracts/alert-rules.ts'
import type { AlertRuleId, EnvironmentId, WebhookEndpointId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { differs } from '../differs.ts'
import { Invalid, NotFound } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { holdOrganization } from '../organizations/read.ts'
import { presentRule, rulesWithFiring } from './present.ts'

const defaults = { threshold: 1, window_seconds: 300, cooldown_seconds: 300, scope: 'environment' } as const

/** Told of by an alert, these would set off each other. */
const watchable = eventNames.filter((name) => !name.startsWith('alert.'))

/** @throws Invalid `unknown_event`, `invalid_scope`; NotFound for an organization or endpoint of somebody else. */
export async function createAlertRule(work: Work, input: AlertRuleCreate): Promise<AlertRule> {
  checkEvents(input.events)
  checkScope(input.scope ?? defaults.scope, input.organization_id)
  await checkReferences(work, input)
  const id = newId('alertRule', work.now)
  await work.tx
    .insertInto('alert_rules')
    .values({
      environment_id: work.environment,
      id,
      name: input.name,
      events: [...new Set(input.events)],
      threshold: input.threshold ?? defaults.threshold,
      window_seconds: input.window_seconds ?? defaults.window_seconds,
      scope: input.scope ?? defaults.scope,
      organization_id: input.organization_id ?? null,
      cooldown_seconds: input.cooldown_seconds ?? defaults.cooldown_seconds,
      endpoint_id: input.webhook_endpoint_id ?? null,
      emails: [...new Set(input.emails)],
      status: 'enabled',
      watches_since: work.now,
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
  return readAlertRule(work.tx, work.environment, id)
}

/**
 * Fields left out keep their value. A rule that changes watches anew from now on: what happened before was judged by
 * what it was before.
 */
export async function updateAlertRule(work: Work, id: AlertRuleId, input: AlertRuleUpdate): Promise<AlertRule> {
  if (input.events) checkEvents(input.events)
  await checkReferences(work, input)
  const before = await work.tx
    .selectFrom('alert_rules')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new NotFound('Alert Rule', id)
  const organization = input.organization_id === undefined ? before.organization_id : input.organization_id
  checkScope(input.scope ?? before.scope, organization)
  const next = {
    name: input.name,
    events: input.events && [...new Set(input.events)],
    threshold: input.threshold,
    window_seconds: input.window_seconds,
    scope: input.scope,
    organization_id: organization,
    cooldown_seconds: input.cooldown_seconds,
    endpoint_id: input.webhook_endpoint_id,
    emails: input.emails && [...new Set(input.emails)],
    status: input.status,
  }
  if (!differs(before, next)) return readAlertRule(work.tx, work.environment, id)
  await work.tx
    .updateTable('alert_rules')
    .set({ ...next, watches_since: work.now, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  await work.tx
    .deleteFrom('alert_states')
    .where('environment_id', '=', work.environment)
    .where('rule_id', '=', id)
    .execute()
  return readAlertRule(work.tx, work.environment, id)
}

export async function removeAlertRule(work: Work, id: AlertRuleId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('alert_rules')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('Alert Rule', id)
}

export async function readAlertRule(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  id: AlertRuleId,
): Promise<AlertRule> {
  const row = await rulesWithFiring(reader, environment).where('r.id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Alert Rule', id)
  return presentRule(row)
}

export async function listAlertRules(
  db: Database,
  environment: EnvironmentId,
  query: PageQuery,
): Promise<Page<AlertRule>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    rulesWithFiring(db.kysely, environment)
      .$if(newerThan !== undefined, (list) => list.where('r.id', '>', newerThan as AlertRuleId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('r.id', '<', olderThan as AlertRuleId))
      .orderBy('r.id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(presentRule), list_metadata }
}

async function checkReferences(
  work: Work,
  { organization_id, webhook_endpoint_id }: Pick<AlertRuleUpdate, 'organization_id' | 'webhook_endpoint_id'>,
): Promise<void> {
  if (organization_id) await holdOrganization(work, organization_id)
  if (webhook_endpoint_id) await holdEndpoint(work, webhook_endpoint_id)
}

async function holdEndpoint(work: Work, id: WebhookEndpointId): Promise<void> {
  const row = await work.tx
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst()
  if (!row) throw new NotFound('Webhook Endpoint', id)
}

function checkScope(scope: AlertRule['scope'], organization: string | null | undefined): void {
  if (scope === 'environment' || organization === null || organization === undefined) return
  const message = 'A rule counts each organization for itself or one organization alone, not both.'
  throw new Invalid([{ field: 'scope', code: 'invalid_scope', message }], 'invalid_scope')
}

function checkEvents(events: readonly string[]): void {
  const known: readonly string[] = watchable
  const unknown = events.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new Invalid(
    unknown.slice(0, 10).map((name) => ({
      field: 'events',
      code: 'unknown_event',
      message: `'${name.slice(0, 100)}' is not an event to watch; the nearest is '${nearest(name.slice(0, 100), watchable)}'.`,
    })),
    'unknown_event',
  )
}
