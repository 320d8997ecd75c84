import type { EnvironmentId, PermissionId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Permission, PermissionCreate, PermissionUpdate } from '#contracts/permissions.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { Conflict, NotFound, violatedConstraint } from '../errors.ts'
import { resourceType } from './present.ts'
import { lockRole } from './read.ts'
import { touchRole } from './update.ts'

interface PermissionRow {
  readonly id: PermissionId
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

export async function listPermissions(
  db: Database,
  environment: EnvironmentId,
  query: PageQuery,
): Promise<Page<Permission>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('permissions')
      .selectAll()
      .where('environment_id', '=', environment)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as PermissionId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as PermissionId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(present), list_metadata }
}

/** @throws NotFound */
export async function readPermission(db: Database, environment: EnvironmentId, slug: string): Promise<Permission> {
  const row = await db.kysely
    .selectFrom('permissions')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('slug', '=', slug)
    .executeTakeFirst()
  if (!row) throw new NotFound('Permission', slug)
  return present(row)
}

/** @throws Conflict `permission_slug_conflict` */
export async function createPermission(work: Work, input: PermissionCreate): Promise<Permission> {
  const row = await work.tx
    .insertInto('permissions')
    .values({
      environment_id: work.environment,
      id: newId('permission', work.now),
      slug: input.slug,
      name: input.name,
      description: input.description ?? null,
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (violatedConstraint(error) === undefined) throw error
      throw new Conflict(`There is a permission with the slug '${input.slug}' already.`, 'permission_slug_conflict')
    })
  work.emit('permission.created', present(row), null)
  return present(row)
}

/** Fields left out keep their value. @throws NotFound */
export async function updatePermission(work: Work, slug: string, change: PermissionUpdate): Promise<Permission> {
  const before = await lock(work, slug)
  const name = change.name ?? before.name
  const description = change.description === undefined ? before.description : change.description
  if (name === before.name && description === before.description) return present(before)
  const row = await work.tx
    .updateTable('permissions')
    .set({ name, description, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  work.emit('permission.updated', present(row), null)
  return present(row)
}

/** Roles that had it are announced without it. @throws NotFound */
export async function removePermission(work: Work, slug: string): Promise<void> {
  const row = await lock(work, slug)
  const roles = await work.tx
    .selectFrom('role_permissions as rp')
    .innerJoin('roles as r', (join) =>
      join.onRef('r.environment_id', '=', 'rp.environment_id').onRef('r.id', '=', 'rp.role_id'),
    )
    .select(['r.organization_id', 'r.slug'])
    .where('rp.environment_id', '=', work.environment)
    .where('rp.permission_id', '=', row.id)
    .orderBy('r.id')
    .execute()
  await work.tx
    .deleteFrom('permissions')
    .where('environment_id', '=', work.environment)
    .where('id', '=', row.id)
    .execute()
  for (const role of roles) await touchRole(work, await lockRole(work, role.organization_id, role.slug))
  work.emit('permission.deleted', present(row), null)
}

async function lock(work: Work, slug: string): Promise<PermissionRow> {
  const row = await work.tx
    .selectFrom('permissions')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('slug', '=', slug)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new NotFound('Permission', slug)
  return row
}

function present(row: PermissionRow): Permission {
  return {
    object: 'permission',
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    system: false,
    resource_type_slug: resourceType,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
