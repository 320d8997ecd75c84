import type { ScimRequest, ScimRequestDetail } from '#contracts/request-logs.ts'
import type { DirectoryType } from '#contracts/directories.ts'
import type { DirectoryId, EnvironmentId, EventId, ScimRequestId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import type { ScimRequests } from '#db/schema.gen.ts'
import { NotFound } from '../errors.ts'
import { hintFor } from './scim-hints.ts'

export interface ScimRequestQuery extends PageQuery {
  readonly directory: string
  readonly failed?: boolean
}

const columns = [
  'r.id',
  'r.directory_id',
  'r.request_id',
  'r.method',
  'r.path',
  'r.status',
  'r.reason',
  'r.scim_type',
  'r.duration_ms',
  'r.user_agent',
  'r.rejected_token',
  'r.created_at',
  'd.type',
] as const

type Row = Pick<
  { [Column in keyof ScimRequests]: ScimRequests[Column] },
  | 'id'
  | 'directory_id'
  | 'request_id'
  | 'method'
  | 'path'
  | 'status'
  | 'reason'
  | 'scim_type'
  | 'duration_ms'
  | 'user_agent'
  | 'rejected_token'
  | 'created_at'
> & { readonly type: DirectoryType }

/** Joined for the kind of identity provider, which hints depend on. */
function requests(db: Database, environment: EnvironmentId) {
  return db.kysely
    .selectFrom('scim_requests as r')
    .innerJoin('directories as d', (join) =>
      join.onRef('d.environment_id', '=', 'r.environment_id').onRef('d.id', '=', 'r.directory_id'),
    )
    .select(columns)
    .where('r.environment_id', '=', environment)
}

export async function listScimRequests(
  db: Database,
  environment: EnvironmentId,
  query: ScimRequestQuery,
): Promise<Page<ScimRequest>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    requests(db, environment)
      .where('r.directory_id', '=', query.directory as DirectoryId) // any text may be asked for
      .$if(query.failed === true, (list) => list.where('r.status', '>=', 400))
      .$if(newerThan !== undefined, (list) => list.where('r.id', '>', newerThan as ScimRequestId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('r.id', '<', olderThan as ScimRequestId))
      .orderBy('r.id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(present), list_metadata }
}

export async function readScimRequest(
  db: Database,
  environment: EnvironmentId,
  id: ScimRequestId,
): Promise<ScimRequestDetail> {
  const row = await requests(db, environment)
    .select(['r.request_body', 'r.response_body', 'r.event_ids'])
    .where('r.id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('SCIM request', id)
  // Some of them were undone with their transaction, others were pruned since.
  const happened = await db.kysely
    .selectFrom('events')
    .select(['id', 'type'])
    .where('environment_id', '=', environment)
    .where('id', 'in', [...row.event_ids, ''] as EventId[])
    .orderBy('id')
    .execute()
  return {
    ...present(row),
    request_body: row.request_body,
    response_body: row.response_body,
    events: happened.map((event) => ({ id: event.id, event: event.type })),
  }
}

function present(row: Row): ScimRequest {
  return {
    object: 'scim_request',
    id: row.id,
    directory_id: row.directory_id,
    request_id: row.request_id,
    method: row.method,
    path: row.path,
    status: row.status,
    reason: row.reason,
    scim_type: row.scim_type,
    duration_ms: row.duration_ms,
    user_agent: row.user_agent,
    rejected_token: row.rejected_token,
    hint: hintFor(row),
    created_at: row.created_at.toISOString(),
  }
}
