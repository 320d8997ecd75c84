import type { RoleList, RoleOrder } from '#contracts/roles.ts'
import type { Work } from '#db/work.ts'
import { Invalid } from '../errors.ts'
import { listEnvironmentRoles } from './read.ts'

interface OrderedRole {
  readonly slug: string
  readonly priority: number
  readonly is_default: boolean
}

/** The roles of the environment. Until the transaction ends nobody else makes, orders or removes roles. */
export async function lockRoles(work: Work): Promise<OrderedRole[]> {
  // The environment's row, for roles that are being made have none yet that could be locked.
  await work.tx.selectFrom('environments').select('id').where('id', '=', work.environment).forNoKeyUpdate().execute()
  return work.tx
    .selectFrom('roles')
    .select(['slug', 'priority', 'is_default'])
    .where('environment_id', '=', work.environment)
    .where('organization_id', 'is', null)
    .orderBy('priority')
    .orderBy('id')
    .execute()
}

/**
 * Members keep the roles they have; which of several comes first is settled when they are next given roles.
 * @throws Invalid `invalid_role_order` unless every role of the environment is named once.
 */
export async function orderRoles(work: Work, { role_slugs: order, default_role_slug }: RoleOrder): Promise<RoleList> {
  const roles = await lockRoles(work)
  const known = new Set(roles.map(({ slug }) => slug))
  if (order.length !== known.size || known.difference(new Set(order)).size > 0)
    throw refusal('role_slugs', `Name each of these once: ${[...known].join(', ')}.`)
  const chosen = default_role_slug ?? roles.find((role) => role.is_default)?.slug
  if (chosen === undefined || !known.has(chosen)) throw refusal('default_role_slug', 'It is none of the roles.')
  const mine = work.tx
    .updateTable('roles')
    .where('environment_id', '=', work.environment)
    .where('organization_id', 'is', null)
  // First none is the default: there can never be two.
  await mine.set({ is_default: false }).where('is_default', '=', true).execute()
  for (const [priority, slug] of order.entries())
    await mine
      .set({ priority, is_default: slug === chosen })
      .where('slug', '=', slug)
      .execute()
  return listEnvironmentRoles(work.tx, work.environment)
}

function refusal(field: string, message: string): Invalid {
  return new Invalid([{ field, code: 'invalid_role_order', message }], 'invalid_role_order')
}
