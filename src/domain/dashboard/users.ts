import { createHmac, randomBytes } from 'node:crypto'
import type { DashboardUser, InvitedDashboardUser } from '#contracts/dashboard-users.ts'
import type { DashboardRole } from '#contracts/endpoint.ts'
import type { DashboardUserId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { BadRequest, NotFound } from '../errors.ts'

const invitationLifetimeMs = 24 * 60 * 60_000

/** What an invitation lets somebody do, and the second factor they are to set up with it. */
export interface Invitation {
  readonly userId: DashboardUserId
  readonly email: string
  readonly role: DashboardRole
  readonly totpSecret: Buffer
}

/**
 * Lets somebody set a password and a second factor, once, within a day. For somebody who is there already it is the way
 * back in: what they had keeps working until the link is used.
 * @param baseUrl where the link leads.
 */
export async function inviteDashboardUser(
  db: Database,
  { email, role }: { readonly email: string; readonly role: DashboardRole },
  baseUrl: string,
  now: Date,
): Promise<InvitedDashboardUser> {
  const token = randomBytes(32).toString('base64url')
  const expires = new Date(now.getTime() + invitationLifetimeMs)
  const user = await db.kysely.transaction().execute(async (tx) => {
    const known = await tx
      .selectFrom('dashboard_users')
      .selectAll()
      .where((eb) => eb.fn('lower', ['email']), '=', email.toLowerCase())
      .executeTakeFirst()
    if (known?.is_developer) throw new BadRequest('This address stands for whoever develops on the machine.')
    if (known && known.role !== role)
      throw new BadRequest(`${email} is ${known.role} already. Change the role first.`, 'dashboard_role_differs')
    const id = known?.id ?? newId('dashboardUser', now)
    const row =
      known ??
      (await tx
        .insertInto('dashboard_users')
        .values({ id, email, role, created_at: now, updated_at: now })
        .returningAll()
        .executeTakeFirstOrThrow())
    // One link at a time: whoever asks for a new one may have lost the old one to somebody.
    await tx.deleteFrom('dashboard_invitations').where('dashboard_user_id', '=', id).execute()
    await tx
      .insertInto('dashboard_invitations')
      .values({ hash: hashSecret(token), dashboard_user_id: id, totp_salt: randomBytes(16), expires_at: expires })
      .execute()
    return row
  })
  return {
    ...presentDashboardUser(user),
    invitation_url: `${baseUrl}/dashboard/invitation?token=${token}`,
    invitation_expires_at: expires.toISOString(),
  }
}

/** @returns undefined for a link that is unknown, was used, was replaced, or ran out. */
export async function readInvitation(db: Database, token: string, now: Date): Promise<Invitation | undefined> {
  const row = await db.kysely
    .selectFrom('dashboard_invitations as i')
    .innerJoin('dashboard_users as u', 'u.id', 'i.dashboard_user_id')
    .select(['u.id', 'u.email', 'u.role', 'i.totp_salt'])
    .where('i.hash', '=', hashSecret(token))
    .where('i.expires_at', '>', now)
    .executeTakeFirst()
  if (!row) return undefined
  // RFC 4226 §4 R6 recommends 160 bits.
  const totpSecret = createHmac('sha256', row.totp_salt).update(token).digest().subarray(0, 20)
  return { userId: row.id, email: row.email, role: row.role, totpSecret }
}

export async function listDashboardUsers(db: Database): Promise<DashboardUser[]> {
  const rows = await db.kysely.selectFrom('dashboard_users').selectAll().orderBy('id').execute()
  return rows.map(presentDashboardUser)
}

/** Ends their sessions as well: nobody keeps what they may no longer do. The role that they have already is no change. */
export async function changeDashboardRole(
  db: Database,
  id: DashboardUserId,
  role: DashboardRole,
  now: Date,
): Promise<DashboardUser> {
  return db.kysely.transaction().execute(async (tx) => {
    if (role !== 'owner') await keepAnOwner(tx, id)
    const changed = await tx
      .updateTable('dashboard_users')
      .set({ role, updated_at: now })
      .where('id', '=', id)
      .where('is_developer', '=', false)
      .where('role', '<>', role)
      .returningAll()
      .executeTakeFirst()
    if (changed) await tx.deleteFrom('dashboard_sessions').where('dashboard_user_id', '=', id).execute()
    return presentDashboardUser(changed ?? (await readColleague(tx, id)))
  })
}

/** @throws NotFound for whoever develops on the machine as well: nobody changes them. */
async function readColleague(tx: Database['kysely'], id: DashboardUserId): Promise<Shown> {
  const row = await tx
    .selectFrom('dashboard_users')
    .selectAll()
    .where('id', '=', id)
    .where('is_developer', '=', false)
    .executeTakeFirst()
  if (!row) throw new NotFound('Dashboard user', id)
  return row
}

export async function removeDashboardUser(db: Database, id: DashboardUserId): Promise<void> {
  await db.kysely.transaction().execute(async (tx) => {
    await keepAnOwner(tx, id)
    const { numDeletedRows } = await tx
      .deleteFrom('dashboard_users')
      .where('id', '=', id)
      .where('is_developer', '=', false)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw new NotFound('Dashboard user', id)
  })
}

/** Two owners could each take the other's role at once: the rows of all owners are locked first. */
async function keepAnOwner(tx: Database['kysely'], id: DashboardUserId): Promise<void> {
  const owners = await tx
    .selectFrom('dashboard_users')
    .select('id')
    .where('role', '=', 'owner')
    .where('is_developer', '=', false)
    .orderBy('id')
    .forUpdate()
    .execute()
  if (owners.length === 1 && owners[0]?.id === id)
    throw new BadRequest('This is the only owner. Make somebody else an owner first.', 'last_owner')
}

function presentDashboardUser(row: Shown): DashboardUser {
  return {
    object: 'dashboard_user',
    id: row.id,
    email: row.email,
    role: row.role,
    state: row.is_developer ? 'developer' : row.password_hash === null ? 'invited' : 'active',
    last_sign_in_at: row.last_sign_in_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

interface Shown {
  readonly id: DashboardUserId
  readonly email: string
  readonly role: DashboardRole
  readonly is_developer: boolean
  readonly password_hash: string | null
  readonly last_sign_in_at: Date | null
  readonly created_at: Date
}
