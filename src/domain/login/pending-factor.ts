import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { decodeBase32 } from '#protocols/totp.ts'
import type { FactorRow } from '../authentication/factors.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import type { HostedLogin } from './state.ts'

/** The factor that is being set up, to show it again: it is nobody's until its first right code. */
export async function readPendingFactor(
  { db, secrets }: { readonly db: Database; readonly secrets: Secrets },
  { environment, state }: HostedLogin,
): Promise<{ readonly row: FactorRow; readonly secret: Buffer }> {
  const { factor, proven } = state
  if (!factor || !proven) throw new Error('No factor is being set up.')
  const row = await db.kysely
    .selectFrom('authentication_factors')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', factor.id)
    .where('user_id', '=', proven.user)
    .where('verified_at', 'is', null)
    .executeTakeFirstOrThrow()
  const text = secrets.open(row.sealed_secret, sealContext('authentication_factors.sealed_secret', row.id))
  const secret = decodeBase32(text)
  if (!secret) throw new Error(`The secret of ${row.id} is not Base32.`)
  return { row, secret }
}
