import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { eventNames } from '#contracts/event-names.ts'
import type { EnvironmentId, WebhookEndpointId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { WebhookEndpoint, WebhookEndpointCreate, WebhookEndpointUpdate } from '#contracts/webhooks.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { WebhookEndpoints } from '#db/schema.gen.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { differs } from '../differs.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { Conflict, Invalid, NotFound, violatedConstraint } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { followFromHere } from './fan-out.ts'
import { answering } from './silence.ts'

const defaultOverlapSeconds = 24 * 60 * 60

export interface EndpointRules {
  readonly secrets: Secrets
  /** Development only: plain http and private addresses. */
  readonly allowPrivate: boolean
}

/** @throws Invalid for an address that cannot be delivered to or an event nobody emits; Conflict `duplicate_endpoint`. */
export async function createEndpoint(
  work: Work,
  input: WebhookEndpointCreate,
  rules: EndpointRules,
  secret = newSecret(),
): Promise<WebhookEndpoint> {
  checkEndpoint(input, rules)
  const row = await work.tx
    .insertInto('webhook_endpoints')
    .values({
      environment_id: work.environment,
      id: newId('webhookEndpoint', work.now),
      endpoint_url: input.endpoint_url,
      status: 'enabled',
      events: [...new Set(input.events)],
      ordered: input.ordered ?? false,
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(explainDuplicate)
  await followFromHere(work)
  await addSecret(work, row.id, rules.secrets, secret)
  return present(row, secret)
}

/** Fields left out keep their value. */
export async function updateEndpoint(
  work: Work,
  id: WebhookEndpointId,
  input: WebhookEndpointUpdate,
  rules: EndpointRules,
): Promise<WebhookEndpoint> {
  checkEndpoint(input, rules)
  const before = await lockEndpoint(work, id)
  const next = {
    endpoint_url: input.endpoint_url,
    events: input.events && [...new Set(input.events)],
    ordered: input.ordered,
    // Somebody who switches it on again has mended it.
    ...(input.status !== undefined && { status: input.status, failing_since: null, ...answering }),
    ...(input.endpoint_url !== undefined && input.endpoint_url !== before.endpoint_url && answering),
  }
  const row = differs(before, next)
    ? await work.tx
        .updateTable('webhook_endpoints')
        .set({ ...next, updated_at: work.now })
        .where('environment_id', '=', work.environment)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
        .catch(explainDuplicate)
    : before
  return present(row, await newestSecret(work.tx, work.environment, id, rules.secrets))
}

export async function removeEndpoint(work: Work, id: WebhookEndpointId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('webhook_endpoints')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('Webhook Endpoint', id)
}

/** Issues a secret; the ones before go on signing beside it until the overlap ends. */
export async function rollSecret(
  work: Work,
  id: WebhookEndpointId,
  rules: EndpointRules,
  overlapSeconds = defaultOverlapSeconds,
  secret = newSecret(),
): Promise<WebhookEndpoint> {
  const row = await lockEndpoint(work, id)
  const ends = new Date(work.now.getTime() + overlapSeconds * 1000)
  await work.tx
    .updateTable('webhook_secrets')
    .set((eb) => ({ expires_at: eb.fn<Date>('least', ['expires_at', eb.val(ends)]) }))
    .where('environment_id', '=', work.environment)
    .where('endpoint_id', '=', id)
    .execute()
  await addSecret(work, id, rules.secrets, secret)
  return present(row, secret)
}

export async function readEndpoint(
  db: Database,
  environment: EnvironmentId,
  id: WebhookEndpointId,
  secrets: Secrets,
): Promise<WebhookEndpoint> {
  const row = await db.kysely
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('Webhook Endpoint', id)
  return present(row, await newestSecret(db.kysely, environment, id, secrets))
}

/** Those with one of the URLs. */
export async function findEndpoints(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  urls: readonly string[],
  secrets: Secrets,
): Promise<WebhookEndpoint[]> {
  const rows = await reader
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('endpoint_url', 'in', urls)
    .orderBy('id')
    .execute()
  return Promise.all(rows.map(async (row) => present(row, await newestSecret(reader, environment, row.id, secrets))))
}

export async function listEndpoints(
  db: Database,
  environment: EnvironmentId,
  query: PageQuery,
  secrets: Secrets,
): Promise<Page<WebhookEndpoint>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('webhook_endpoints')
      .selectAll()
      .where('environment_id', '=', environment)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as WebhookEndpointId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as WebhookEndpointId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  const data = await Promise.all(
    rows.map(async (row) => present(row, await newestSecret(db.kysely, environment, row.id, secrets))),
  )
  return { object: 'list', data, list_metadata }
}

async function lockEndpoint(work: Work, id: WebhookEndpointId): Promise<Selected> {
  const row = await work.tx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new NotFound('Webhook Endpoint', id)
  return row
}

function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64url')}`
}

async function addSecret(work: Work, endpoint: WebhookEndpointId, secrets: Secrets, secret: string): Promise<void> {
  const id = newId('webhookSecret', work.now)
  await work.tx
    .insertInto('webhook_secrets')
    .values({
      environment_id: work.environment,
      id,
      endpoint_id: endpoint,
      sealed_secret: secrets.seal(secret, sealContext('webhook_secrets.sealed_secret', id)),
      created_at: work.now,
    })
    .execute()
}

async function newestSecret(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  endpoint: WebhookEndpointId,
  secrets: Secrets,
): Promise<string> {
  const row = await reader
    .selectFrom('webhook_secrets')
    .select(['id', 'sealed_secret'])
    .where('environment_id', '=', environment)
    .where('endpoint_id', '=', endpoint)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return secrets.open(row.sealed_secret, sealContext('webhook_secrets.sealed_secret', row.id))
}

/** @throws Invalid `invalid_url` or `unknown_event`. */
export function checkEndpoint(
  { endpoint_url: url, events }: WebhookEndpointUpdate,
  { allowPrivate }: Pick<EndpointRules, 'allowPrivate'>,
): void {
  if (url !== undefined) checkUrl(url, allowPrivate)
  const known: readonly string[] = eventNames
  const unknown = (events ?? []).filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Invalid(
      unknown.slice(0, 10).map((name) => ({
        field: 'events',
        code: 'unknown_event',
        message: `'${name.slice(0, 100)}' is not an event; the nearest is '${nearest(name.slice(0, 100), eventNames)}'.`,
      })),
      'unknown_event',
    )
}

function checkUrl(text: string, allowPrivate: boolean): void {
  const url = URL.parse(text)
  const schemes = allowPrivate ? ['https:', 'http:'] : ['https:']
  if (url && schemes.includes(url.protocol) && url.username === '' && url.password === '') return
  throw new Invalid(
    [
      {
        field: 'endpoint_url',
        code: 'invalid_url',
        message: `'${text.slice(0, 200)}' must be an https URL without a user name.`,
      },
    ],
    'invalid_url',
  )
}

function explainDuplicate(error: unknown): never {
  if (violatedConstraint(error) === 'webhook_endpoints_environment_id_endpoint_url_key')
    throw new Conflict('A Webhook Endpoint with this URL already exists.', 'duplicate_endpoint')
  throw error
}

type Selected = Selectable<WebhookEndpoints>

function present(row: Selected, secret: string): WebhookEndpoint {
  return {
    object: 'webhook_endpoint',
    id: row.id,
    endpoint_url: row.endpoint_url,
    secret,
    status: row.status,
    events: row.events,
    ordered: row.ordered,
    failing_since: row.failing_since?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
