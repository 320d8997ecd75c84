import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { PasswordPolicy } from './password-rules.ts'

const defaults: PasswordPolicy = { minimum_length: 10, refuse_common: true, history: 0 }

/** What an environment demands of passwords. */
export async function readPasswordPolicy(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
): Promise<PasswordPolicy> {
  const row = await reader
    .selectFrom('authentication_settings')
    .select('settings')
    .where('environment_id', '=', environment)
    .executeTakeFirst()
  const stored = (row?.settings ?? {}) as { password?: Partial<PasswordPolicy> } // written by the settings' own room
  return { ...defaults, ...stored.password }
}
