import type { DashboardUserId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { matchTotp } from '#protocols/totp.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { hashPassword, matchesHash } from '../users/password-work.ts'
import { readInvitation } from './users.ts'

export interface SignInDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly secrets: Secrets
}

const shortestPassword = 12
/** Past it a password is no safer, and hashing it is work that anybody could ask for. */
const longestPassword = 200

/** A hash of nothing anybody knows: checking it takes as long as checking somebody's. */
let nobodysHash: Promise<string> | undefined

/**
 * Who has this address, this password and this code. All three are looked at in every case, and one answer stands for
 * whatever was wrong: it tells neither who exists nor which of them was right.
 */
export async function signInToDashboard(
  { db, clock, secrets }: SignInDeps,
  given: { readonly email: string; readonly password: string; readonly code: string },
): Promise<DashboardUserId | undefined> {
  const user = await db.kysely
    .selectFrom('dashboard_users')
    .select(['id', 'password_hash', 'sealed_totp_secret', 'totp_step'])
    .where((eb) => eb.fn('lower', ['email']), '=', given.email.trim().toLowerCase())
    .where('is_developer', '=', false)
    .executeTakeFirst()
  const password = given.password.slice(0, longestPassword + 1)
  nobodysHash ??= hashPassword('nobody')
  const isPassword = await matchesHash(user?.password_hash ?? (await nobodysHash), password)
  if (!user || user.password_hash === null || user.sealed_totp_secret === null || !isPassword) return undefined
  const sealed = secrets.open(user.sealed_totp_secret, sealContext('dashboard_users.sealed_totp_secret', user.id))
  const step = matchTotp(Buffer.from(sealed, 'base64'), plainCode(given.code), clock(), user.totp_step)
  if (step === undefined) return undefined
  // Of two requests with one code, one is let in.
  const used = await db.kysely
    .updateTable('dashboard_users')
    .set({ totp_step: step })
    .where('id', '=', user.id)
    .where((eb) => eb.or([eb('totp_step', 'is', null), eb('totp_step', '<', step)]))
    .returning('id')
    .executeTakeFirst()
  return used?.id
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly userId: DashboardUserId }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly message: string }

/** Sets password and second factor by an invitation, which is used up, and ends every session there was. */
export async function acceptInvitation(
  { db, clock, secrets }: SignInDeps,
  token: string,
  given: { readonly password: string; readonly code: string },
): Promise<Acceptance> {
  const invitation = await readInvitation(db, token, clock())
  if (!invitation) return { kind: 'unknown' }
  const weakness = weaknessOf(given.password, invitation.email)
  if (weakness !== undefined) return { kind: 'refused', message: weakness }
  const step = matchTotp(invitation.totpSecret, plainCode(given.code), clock(), null)
  if (step === undefined)
    return {
      kind: 'refused',
      message: 'The code is not right. It changes every 30 seconds; if it is refused again, compare the clocks.',
    }
  const hash = await hashPassword(given.password)
  const { userId } = invitation
  const done = await db.kysely.transaction().execute(async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('dashboard_invitations')
      .where('hash', '=', hashSecret(token))
      .executeTakeFirst()
    if (numDeletedRows === 0n) return false
    const sealed = secrets.seal(
      invitation.totpSecret.toString('base64'),
      sealContext('dashboard_users.sealed_totp_secret', userId),
    )
    await tx
      .updateTable('dashboard_users')
      .set({ password_hash: hash, sealed_totp_secret: sealed, totp_step: step, updated_at: clock() })
      .where('id', '=', userId)
      .execute()
    await tx.deleteFrom('dashboard_sessions').where('dashboard_user_id', '=', userId).execute()
    return true
  })
  return done ? { kind: 'accepted', userId } : { kind: 'unknown' }
}

function weaknessOf(password: string, email: string): string | undefined {
  if (password.length < shortestPassword) return `The password needs at least ${shortestPassword} characters.`
  if (password.length > longestPassword) return `The password may have at most ${longestPassword} characters.`
  const name = email.split('@', 1)[0]?.toLowerCase() ?? ''
  if (name.length > 3 && password.toLowerCase().includes(name)) return 'The password must not contain your address.'
  return new Set(password).size < 5 ? 'The password repeats too few characters.' : undefined
}

/** People type the space that apps show. */
function plainCode(code: string): string {
  return code.replaceAll(/\s/g, '')
}
