import type { Environment } from '#contracts/environments.ts'
import type { Database } from '#db/database.ts'
import { readSettings } from '../authentication/settings.ts'
import { BadRequest } from '../errors.ts'
import { prepareGivenPassword } from '../users/given-password.ts'
import type { PasswordPolicy } from '../users/password-rules.ts'
import type { PreparedPassword } from '../users/passwords.ts'
import type { SeedPlan } from './plan.ts'
import { type Seed, SeedInvalid } from './seed-file.ts'

/** People in staging are made up, and so are their passwords. */
const anyPassword: PasswordPolicy = { minimum_length: 1, refuse_common: false, history: 0 }

/** Passwords that a plan gives to somebody, hashed before the transaction. */
export interface PasswordsOfSeed {
  readonly policy: PasswordPolicy
  /**
   * @returns undefined for a user of the seed without any.
   * @throws SeedInvalid when it was not expected to be needed.
   */
  of(index: number): PreparedPassword | undefined
}

/** @throws SeedInvalid for one that the rules of a production environment refuse, or a hash that cannot be checked. */
export async function preparePasswords(
  db: Database,
  environment: Environment,
  { users }: Seed,
  { steps }: SeedPlan,
): Promise<PasswordsOfSeed> {
  const needed = steps.flatMap(({ action }) =>
    action?.do === 'create user' || (action?.do === 'update user' && action.setsPassword) ? [action.index] : [],
  )
  const policy =
    environment.kind === 'staging' || needed.length === 0
      ? anyPassword
      : (await readSettings(db.kysely, environment.id)).password
  const prepared = new Map<number, PreparedPassword | undefined>()
  const problems: string[] = []
  for (const index of needed) {
    const user = users[index]
    if (!user) continue
    try {
      prepared.set(index, await prepareGivenPassword(db, environment.id, user, async () => user, policy))
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      const reasons = error.errors?.map(({ message }) => message).join(' ') ?? error.message
      problems.push(`line ${user.line}: ${user.email}: ${reasons}`)
    }
  }
  if (problems.length > 0) throw new SeedInvalid(problems)
  return {
    policy,
    of(index) {
      if (!prepared.has(index))
        throw new SeedInvalid([`line ${users[index]?.line}: the user was changed meanwhile. Try again.`])
      return prepared.get(index)
    },
  }
}
