import type { AuthenticationSettings } from '#contracts/authentication-settings.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { BadRequest } from '../errors.ts'
import { requireInvitation } from '../invitations/accept.ts'
import { addressKey } from '../users/address.ts'
import { createUser } from '../users/create.ts'
import type { UserRow } from '../users/present.ts'
import { findUserByEmail } from '../users/read.ts'

type Reader = Database['kysely'] | Work['tx']

/** Whether an address that nobody has may make an account on its own. Invitations are no part of it: they are enough. */
export async function maySignUp(
  reader: Reader,
  environment: EnvironmentId,
  { sign_up: policy }: Pick<AuthenticationSettings, 'sign_up'>,
  email: string,
): Promise<boolean> {
  if (policy !== 'domain') return policy === 'open'
  const owner = await reader
    .selectFrom('organization_domains')
    .select('id')
    .where('environment_id', '=', environment)
    .where('domain', '=', email.slice(email.lastIndexOf('@') + 1).toLowerCase())
    .where('state', 'in', ['verified', 'legacy_verified'])
    .executeTakeFirst()
  return owner !== undefined
}

/**
 * @param invitation token of an open invitation of the address, which lets in where sign-ups are closed.
 * @throws BadRequest `sign_up_not_allowed`, or `invitation_invalid`
 */
export async function findOrSignUp(
  work: Work,
  settings: Pick<AuthenticationSettings, 'sign_up'>,
  email: string,
  invitation?: string,
): Promise<UserRow> {
  if (invitation) await requireInvitation(work, invitation, addressKey(email))
  const known = await findUserByEmail(work.tx, work.environment, email)
  if (known) return known
  if (!invitation && !(await maySignUp(work.tx, work.environment, settings, email)))
    throw new BadRequest('New users cannot sign up with this address.', 'sign_up_not_allowed')
  return createUser(work, { email })
}
