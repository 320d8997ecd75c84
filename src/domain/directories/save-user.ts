import type pg from 'pg'
import type { DirectoryUserId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import type { EmittedEvents } from '#db/work.ts'
import { scimError, type ScimError } from '#protocols/scim/errors.ts'
import { violatedConstraint } from '../errors.ts'
import { arrivalNames, type PersonKeys } from './person.ts'
import type { UserPlan } from './plan-user.ts'
import { ScimRefused } from './refused.ts'
import type { ScimDirectory } from './scim-directory.ts'

type Place = Pick<ScimDirectory, 'environment' | 'id'>

const insert = prepared(
  'directory-user-insert',
  `with made as (
     insert into directory_users (environment_id, directory_id, id, idp_id, external_id, user_name, user_name_key, email,
       email_key, active, visible, complete, resource, presented, role_slug, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $10, $11, $12, $13, $14, $15, $16, $17, $17)
     on conflict on constraint directory_users_name do nothing
     returning id
   ), addresses as (
     insert into directory_addresses (environment_id, directory_id, user_id, email_key)
     select $1, $2, made.id, key from made, unnest($9::text[]) as key)
   select append_events($1, $18, $19, $20, $21, $17), refuse_awaited($1, $2, $22) from made`,
)

/**
 * Inserts a user with its events in one statement.
 * @param awaiting whether those whom a group awaits are let in, to be put there in the same transaction, or refused.
 * @returns false when the name is taken. @throws ScimRefused 409 when the address is; see also isAwaited.
 */
export async function insertUser(
  on: pg.Pool | pg.ClientBase,
  place: Place,
  plan: UserPlan,
  events: EmittedEvents,
  now: Date,
  awaiting: 'refuse awaited' | 'awaited may join',
): Promise<boolean> {
  const [, ids, types, organizations, bodies] = events.parameters
  const refusedNames = awaiting === 'refuse awaited' ? arrivalNames(plan.keys) : null
  const parameters = [...columns(place, plan), now, ids, types, organizations, bodies, refusedNames] as const
  const rows = await insert(on, ...parameters).catch((error: unknown) => explainTaken(error, plan))
  return rows.length === 1
}

const update = prepared(
  'directory-user-update',
  `with kept as (
     update directory_users
     set idp_id = $4, external_id = $5, user_name = $6, user_name_key = $7, email = $8, email_key = $10, active = $11,
       visible = $12, complete = $13, resource = $14, presented = $15, role_slug = $16, updated_at = $17,
       version = version + 1
     where environment_id = $1 and directory_id = $2 and id = $3 and version = $18
     returning id
   ), former_addresses as (
     delete from directory_addresses a using kept
     where a.environment_id = $1 and a.user_id = kept.id and a.email_key <> all ($9::text[])
   ), addresses as (
     insert into directory_addresses (environment_id, directory_id, user_id, email_key)
     select $1, $2, kept.id, key from kept, unnest($9::text[]) as key
     on conflict do nothing)
   select append_events($1, $19, $20, $21, $22, $23) from kept`,
)

/** Updates a user with its events in one statement. @returns false when somebody else was quicker: read again. */
export async function updateUser(
  on: pg.Pool | pg.ClientBase,
  place: Place,
  plan: UserPlan,
  version: number,
  events: EmittedEvents,
): Promise<boolean> {
  const [, ids, types, organizations, bodies, now] = events.parameters
  const rows = await update(
    on,
    ...columns(place, plan),
    plan.updatedAt,
    version,
    ids,
    types,
    organizations,
    bodies,
    now,
  ).catch((error: unknown) => explainTaken(error, plan))
  return rows.length === 1
}

const remove = prepared(
  'directory-user-delete',
  `with gone as (
     delete from directory_users where environment_id = $1 and directory_id = $2 and id = $3
     returning id)
   select append_events($1, $4, $5, $6, $7, $8) from gone`,
)

/** Deletes a user and whatever hangs on it, with its events. */
export async function deleteUser(
  on: pg.ClientBase,
  { environment, id }: Place,
  user: DirectoryUserId,
  events: EmittedEvents,
): Promise<void> {
  await remove(on, environment, id, user, ...events.parameters.slice(1))
}

function columns({ environment, id }: Place, { id: user, idpId, keys, visible, resource, presented, role }: UserPlan) {
  return [
    environment,
    id,
    user,
    idpId,
    keys.externalId,
    keys.userName,
    keys.userNameKey,
    keys.email,
    keys.moreEmailKeys,
    keys.emailKey,
    keys.active,
    visible,
    keys.complete,
    JSON.stringify(resource),
    JSON.stringify(presented),
    role,
  ] as const
}

export function nameTaken({ userName }: PersonKeys): ScimError {
  return scimError(409, 'uniqueness', `Another user already exists with this username '${userName}'`)
}

function explainTaken(error: unknown, { keys }: UserPlan): never {
  switch (violatedConstraint(error)) {
    case 'directory_users_name':
      throw new ScimRefused(nameTaken(keys))
    case 'directory_users_one_active_email':
      throw new ScimRefused(
        scimError(409, 'uniqueness', `Another user already exists with this email '${keys.email ?? ''}'`),
      )
    default:
      throw error
  }
}
