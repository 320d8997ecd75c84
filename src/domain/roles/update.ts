import type { Role, RoleUpdate } from '#contracts/roles.ts'
import type { Work } from '#db/work.ts'
import { announceRole, presentRole, type RoleRow } from './present.ts'
import { lockRole, type RoleOwner } from './read.ts'

/** Fields left out keep their value. @throws NotFound */
export async function updateRole(work: Work, owner: RoleOwner, slug: string, change: RoleUpdate): Promise<Role> {
  const before = await lockRole(work, owner, slug)
  const name = change.name ?? before.name
  const description = change.description === undefined ? before.description : change.description
  if (name === before.name && description === before.description) return presentRole(before)
  return presentRole(await touchRole(work, before, { name, description }))
}

/** Marks a locked role as changed, and announces it as it is by then. */
export async function touchRole(
  work: Work,
  { id, organization_id: owner, slug }: RoleRow,
  change: { readonly name?: string; readonly description?: string | null } = {},
): Promise<RoleRow> {
  await work.tx
    .updateTable('roles')
    .set({ ...change, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  const after = await lockRole(work, owner, slug)
  announceRole(work, 'updated', after)
  return after
}
