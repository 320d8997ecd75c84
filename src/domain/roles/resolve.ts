import type { OrganizationId } from '#contracts/ids.ts'
import type { MembershipRoles } from '#contracts/memberships.ts'
import type { Work } from '#db/work.ts'
import { Invalid } from '../errors.ts'

/**
 * The roles a member of an organization is given: those named, strongest first, or the default one. They stay until the
 * transaction ends.
 * @throws Invalid `invalid_role` naming every role that the organization does not have, or when both fields are used.
 */
export async function resolveRoles(
  work: Work,
  organization: OrganizationId,
  { role_slug: one, role_slugs: several }: MembershipRoles,
): Promise<string[]> {
  if (one !== undefined && several !== undefined)
    throw new Invalid([{ field: 'role_slugs', code: 'role_slug and role_slugs exclude each other' }], 'invalid_role')
  const wanted = several ?? (one === undefined ? [] : [one])
  const roles = work.tx
    .selectFrom('roles')
    .select('slug')
    .where('environment_id', '=', work.environment)
    .where((eb) => eb.or([eb('organization_id', 'is', null), eb('organization_id', '=', organization)]))
  // The default role cannot be removed: it needs no lock, which every new member would want.
  if (wanted.length === 0) return (await roles.where('is_default', '=', true).execute()).map(({ slug }) => slug)
  const found = await roles.where('slug', 'in', wanted).orderBy('priority').orderBy('id').forKeyShare().execute()
  const known = new Set(found.map(({ slug }) => slug))
  const errors = wanted.flatMap((slug, index) =>
    known.has(slug)
      ? []
      : [
          {
            field: one === undefined ? `role_slugs.${index}` : 'role_slug',
            code: 'invalid_role',
            message: `There is no role '${slug}'.`,
          },
        ],
  )
  if (errors.length > 0) throw new Invalid(errors, 'invalid_role')
  return [...known]
}
