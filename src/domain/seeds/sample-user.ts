import type { OrganizationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { createMembership } from '../memberships/create.ts'
import { createUser } from '../users/create.ts'
import { setPassword } from '../users/passwords.ts'

/** Somebody to sign in as without an identity provider: their address is of a domain that no organization has. */
export const sampleUser = { email: 'grace@example.org', password: 'sample-password' } as const

/** Of the password above: hashing it at every first start would make people wait. */
const sampleHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FtcGxlIHVzZXIgc2FsdA$DbSIwsH1lV7CJ0edl6UnlVMgtabhU7yS+87trqjFPLA'

/** Development only: the password is known to everybody. */
export async function plantSampleUser(work: Work, organization: OrganizationId): Promise<void> {
  const input = { email: sampleUser.email, email_verified: true, first_name: 'Grace', last_name: 'Hopper' }
  const { id } = await createUser(work, input)
  await setPassword(work, id, { hash: sampleHash }, { minimum_length: 8, refuse_common: false, history: 0 })
  await createMembership(work, { user: id, organization })
}
