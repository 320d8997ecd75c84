import type { OrganizationId } from '#contracts/ids.ts'
import type { Role, RoleCreate } from '#contracts/roles.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { Conflict, violatedConstraint } from '../errors.ts'
import { holdOrganization } from '../organizations/read.ts'
import { lockRoles } from './order.ts'
import { announceRole, presentRole } from './present.ts'
import { lockRole, type RoleOwner } from './read.ts'

/**
 * A new role is stronger than the default one and weaker than all others.
 * @throws Conflict `role_slug_conflict`, also when an organization has a role by the name.
 */
export async function createEnvironmentRole(work: Work, input: RoleCreate): Promise<Role> {
  const roles = await lockRoles(work)
  const slot = roles.find((role) => role.is_default)?.priority ?? roles.length
  const conflict = () => new Conflict(`There is a role with the slug '${input.slug}' already.`, 'role_slug_conflict')
  if (await isTaken(work, input.slug)) throw conflict()
  await work.tx
    .updateTable('roles')
    .set((eb) => ({ priority: eb('priority', '+', 1) }))
    .where('environment_id', '=', work.environment)
    .where('organization_id', 'is', null)
    .where('priority', '>=', slot)
    .execute()
  return insertRole(work, null, input, slot, conflict)
}

/**
 * Roles of an organization are stronger than those of the environment.
 * @throws NotFound without the organization; Conflict `organization_role_slug_conflict`.
 */
export async function createOrganizationRole(
  work: Work,
  organization: OrganizationId,
  { slug: given, ...input }: Omit<RoleCreate, 'slug'> & { readonly slug?: string },
): Promise<Role> {
  const slug = given ?? slugOf(input.name)
  await holdOrganization(work, organization)
  await lockRoles(work)
  const conflict = () =>
    new Conflict(`The organization has a role with the slug '${slug}' already.`, 'organization_role_slug_conflict')
  if (await isTaken(work, slug, organization)) throw conflict()
  return insertRole(work, organization, { ...input, slug }, -1, conflict)
}

async function insertRole(
  work: Work,
  owner: RoleOwner,
  input: RoleCreate,
  priority: number,
  conflict: () => Conflict,
): Promise<Role> {
  await work.tx
    .insertInto('roles')
    .values({
      environment_id: work.environment,
      id: newId('role', work.now),
      organization_id: owner,
      slug: input.slug,
      name: input.name,
      description: input.description ?? null,
      priority,
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
    .catch((error: unknown) => {
      throw violatedConstraint(error) === undefined ? error : conflict()
    })
  const role = await lockRole(work, owner, input.slug)
  announceRole(work, 'created', role)
  return presentRole(role)
}

/** Members name their roles by slug alone: one that means two roles would give the wrong permissions. */
async function isTaken(work: Work, slug: string, organization?: OrganizationId): Promise<boolean> {
  const row = await work.tx
    .selectFrom('roles')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('slug', '=', slug)
    .$if(organization !== undefined, (roles) =>
      roles.where(
        (eb) => eb.or([eb('organization_id', 'is', null), eb('organization_id', '=', organization as OrganizationId)]), // it is there
      ),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** `org-` and the name, as the vendor makes them. */
function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `org-${plain || 'role'}`.slice(0, 48)
}
