import type { Work } from '#db/work.ts'
import { allows, type Circumstances } from '../authentication/conclude.ts'
import type { SignInFacts } from '../authentication/facts.ts'
import type { UserRow } from '../users/present.ts'
import type { LoginState } from './state.ts'

/**
 * Whether to ask somebody who came in to make a passkey: where it would be a way in, and they have none. Whoever has not
 * shown the inbox gets none: it would outlast the day its owner comes.
 */
export async function mayOfferPasskey(
  work: Work,
  { offersPasskey }: LoginState,
  user: UserRow,
  facts: SignInFacts,
  { settings, memberships }: Circumstances,
): Promise<boolean> {
  const { method, organization } = facts
  if (!offersPasskey || method === 'SSO' || method === 'Passkey' || method === 'Impersonation') return false
  if (!hasShownInbox(user, facts)) return false
  const place = memberships.find(({ id }) => id === organization)
  if (!allows({ ...settings.methods, ...place?.settings.methods }, 'Passkey')) return false
  const has = await work.tx
    .selectFrom('passkeys')
    .select('credential_id')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .limit(1)
    .executeTakeFirst()
  return has === undefined
}

export function hasShownInbox({ email_verified }: UserRow, { emailProven }: SignInFacts): boolean {
  return email_verified || emailProven
}
