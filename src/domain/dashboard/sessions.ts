import { randomBytes } from 'node:crypto'
import type { DashboardRole } from '#contracts/endpoint.ts'
import type { DashboardUserId, EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { hashSecret } from '../environments/api-keys.ts'
import type { Client } from '../sso/attempts.ts'

const minuteMs = 60_000
/** A tab left open asks now and then, so this is about tabs that are closed and machines that sleep. */
const idleMs = 8 * 60 * minuteMs
const lifetimeMs = 24 * 60 * minuteMs

/** Somebody signed in to the dashboard, and what they asked about. */
export interface DashboardSession {
  readonly userId: DashboardUserId
  readonly email: string
  readonly role: DashboardRole
  readonly isDeveloper: boolean
  readonly expiresAt: Date
  /** The environment that was asked for, when there is such a one. */
  readonly environment:
    | { readonly id: EnvironmentId; readonly kind: 'staging' | 'production'; readonly clientId: string }
    | undefined
}

interface Row {
  readonly user_id: DashboardUserId
  readonly email: string
  readonly role: DashboardRole
  readonly is_developer: boolean
  readonly last_used_at: Date
  readonly expires_at: Date
  readonly environment_id: EnvironmentId | null
  readonly kind: 'staging' | 'production' | null
  readonly client_id: string | null
}

const open = prepared<[Buffer, Date, Date, string | null], Row>(
  'open-dashboard-session',
  `select u.id as user_id, u.email, u.role, u.is_developer, s.last_used_at, s.expires_at,
     e.id as environment_id, e.kind, e.client_id
   from dashboard_sessions s
   join dashboard_users u on u.id = s.dashboard_user_id
   left join environments e on e.id = $4
   where s.hash = $1 and s.expires_at > $2 and s.last_used_at > $3`,
)

const touch = prepared<[Buffer, Date], never>(
  'touch-dashboard-session',
  'update dashboard_sessions set last_used_at = $2 where hash = $1 and last_used_at < $2',
)

/**
 * Finds whose session this is, and the environment they ask for: one round trip.
 * @returns undefined for a session that is unknown, ended, idle for too long, or over.
 */
export async function openDashboardSession(
  db: Database,
  token: string,
  environment: string | undefined,
  now: Date,
): Promise<DashboardSession | undefined> {
  const hash = hashSecret(token)
  const idleSince = new Date(now.getTime() - idleMs)
  const [row] = await open(db.pool, hash, now, idleSince, environment ?? null)
  if (!row) return undefined
  // Once a minute is exact enough, and spares a write for each of the many requests of a page.
  if (now.getTime() - row.last_used_at.getTime() > minuteMs) await touch(db.pool, hash, now)
  const { environment_id, kind, client_id } = row
  return {
    userId: row.user_id,
    email: row.email,
    role: row.role,
    isDeveloper: row.is_developer,
    expiresAt: row.expires_at,
    environment:
      environment_id !== null && kind !== null && client_id !== null
        ? { id: environment_id, kind, clientId: client_id }
        : undefined,
  }
}

/**
 * Signs somebody in who has proved who they are.
 * @returns what the cookie must hold: always fresh, so that nobody can plant a session that is later somebody's.
 */
export async function startDashboardSession(
  db: Database,
  user: DashboardUserId,
  client: Client,
  now: Date,
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db.kysely
    .with('signed_in', (cte) =>
      cte.updateTable('dashboard_users').set({ last_sign_in_at: now }).where('id', '=', user).returning('id'),
    )
    .insertInto('dashboard_sessions')
    .values({
      hash: hashSecret(token),
      dashboard_user_id: user,
      ip_address: client.ipAddress,
      user_agent: client.userAgent?.slice(0, 512) ?? null,
      created_at: now,
      last_used_at: now,
      expires_at: new Date(now.getTime() + lifetimeMs),
    })
    .execute()
  return token
}

/** Signs the developer in whose own machine this is; there is one such user, an owner without a password. */
export async function startDeveloperSession(db: Database, client: Client, now: Date): Promise<string> {
  const { rows } = await db.pool.query<{ id: DashboardUserId }>(
    `insert into dashboard_users (id, email, role, is_developer, created_at, updated_at)
     values ($1, 'developer@localhost', 'owner', true, $2, $2)
     on conflict (lower(email)) do update set updated_at = dashboard_users.updated_at where dashboard_users.is_developer
     returning id`,
    [newId('dashboardUser', now), now],
  )
  const [user] = rows
  if (!user) throw new Error('Somebody who can sign in is called developer@localhost.')
  return startDashboardSession(db, user.id, client, now)
}

export async function endDashboardSession(db: Database, token: string): Promise<void> {
  await db.kysely.deleteFrom('dashboard_sessions').where('hash', '=', hashSecret(token)).execute()
}
