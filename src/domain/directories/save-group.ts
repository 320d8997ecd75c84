import type pg from 'pg'
import type { DirectoryGroupId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import type { EmittedEvents } from '#db/work.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { scimError } from '#protocols/scim/errors.ts'
import { violatedConstraint } from '../errors.ts'
import type { GroupPlan } from './plan-group.ts'
import { ScimRefused } from './refused.ts'
import type { ScimDirectory } from './scim-directory.ts'

const insert = prepared(
  'directory-group-insert',
  `with made as (
     insert into directory_groups (environment_id, directory_id, id, idp_id, external_id, display_name, display_name_key,
       resource, presented, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     on conflict on constraint directory_groups_identity do nothing
     returning id)
   select append_events($1, $11, $12, $13, $14, $10) from made`,
)

/** Inserts a group with its events in one statement. @returns false when the identity is taken. */
export async function insertGroup(
  on: Parameters<typeof insert>[0],
  { environment, id }: ScimDirectory,
  plan: GroupPlan,
  events: EmittedEvents,
  now: Date,
): Promise<boolean> {
  const [, ids, types, organizations, bodies] = events.parameters
  const rows = await insert(
    on,
    environment,
    id,
    plan.id,
    plan.idpId,
    plan.externalId,
    plan.name,
    foldCase(plan.name),
    JSON.stringify(plan.resource),
    JSON.stringify(plan.presented),
    now,
    ids,
    types,
    organizations,
    bodies,
  )
  return rows.length === 1
}

const update = prepared(
  'directory-group-update',
  `with kept as (
     update directory_groups
     set idp_id = $3, external_id = $4, display_name = $5, display_name_key = $6, resource = $7, presented = $8,
       updated_at = $9, version = version + 1
     where environment_id = $1 and id = $2
     returning id)
   select append_events($1, $10, $11, $12, $13, $14) from kept`,
)

/** Updates a locked group with its events. @throws ScimRefused 409 when the identity is taken. */
export async function updateGroup(
  on: Parameters<typeof update>[0],
  { environment }: ScimDirectory,
  plan: GroupPlan,
  events: EmittedEvents,
): Promise<void> {
  const [, ids, types, organizations, bodies, now] = events.parameters
  await update(
    on,
    environment,
    plan.id,
    plan.idpId,
    plan.externalId,
    plan.name,
    foldCase(plan.name),
    JSON.stringify(plan.resource),
    JSON.stringify(plan.presented),
    plan.updatedAt,
    ids,
    types,
    organizations,
    bodies,
    now,
  ).catch((error: unknown) => explainTaken(error, plan))
}

const remove = prepared(
  'directory-group-delete',
  `with gone as (delete from directory_groups where environment_id = $1 and id = $2 returning id)
   select append_events($1, $3, $4, $5, $6, $7) from gone`,
)

/** Deletes a locked group and whatever hangs on it, with its events. */
export async function deleteGroup(
  on: pg.ClientBase,
  { environment }: Pick<ScimDirectory, 'environment'>,
  group: DirectoryGroupId,
  events: EmittedEvents,
): Promise<void> {
  await remove(on, environment, group, ...events.parameters.slice(1))
}

function explainTaken(error: unknown, plan: GroupPlan): never {
  throw violatedConstraint(error) === 'directory_groups_identity' ? identityTaken(plan) : error
}

export function identityTaken({ idpId }: GroupPlan): ScimRefused {
  return new ScimRefused(scimError(409, 'uniqueness', `Another group already exists with this ID '${idpId}'`))
}
