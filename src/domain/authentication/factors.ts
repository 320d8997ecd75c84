import type { AuthenticationChallengeId, AuthenticationFactorId, EnvironmentId, UserId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { AuthenticationChallenge, AuthenticationFactor, EnrolledFactor } from '#contracts/mfa.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { encodeBase32, otpauthUri } from '#protocols/totp.ts'
import { NotFound } from '../errors.ts'
import { readUser } from '../users/read.ts'

export interface FactorRow {
  readonly id: AuthenticationFactorId
  readonly user_id: UserId | null
  readonly type: 'totp'
  readonly issuer: string
  readonly account: string
  readonly created_at: Date
  readonly updated_at: Date
}

export function presentFactor(row: FactorRow): AuthenticationFactor {
  return {
    object: 'authentication_factor',
    id: row.id,
    type: row.type,
    ...(row.user_id !== null && { user_id: row.user_id }),
    totp: { issuer: row.issuer, user: row.account },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** With what an authenticator app needs; never shown again. */
export async function presentEnrolled(row: FactorRow, secret: Buffer): Promise<EnrolledFactor> {
  const uri = otpauthUri(secret, row)
  const totp = {
    issuer: row.issuer,
    user: row.account,
    secret: encodeBase32(secret),
    qr_code: await (await import('qrcode')).toDataURL(uri),
    uri,
  }
  return { ...presentFactor(row), totp }
}

export function presentChallenge(row: {
  readonly id: AuthenticationChallengeId
  readonly factor_id: AuthenticationFactorId
  readonly expires_at: Date
  readonly created_at: Date
  readonly updated_at: Date
}): AuthenticationChallenge {
  return {
    object: 'authentication_challenge',
    id: row.id,
    authentication_factor_id: row.factor_id,
    expires_at: row.expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** @throws NotFound */
export async function readFactor(
  { kysely }: Database,
  environment: EnvironmentId,
  id: AuthenticationFactorId,
): Promise<AuthenticationFactor> {
  const row = await kysely
    .selectFrom('authentication_factors')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('Authentication Factor', id)
  return presentFactor(row)
}

/** @throws NotFound for an unknown user. */
export async function listUserFactors(
  db: Database,
  environment: EnvironmentId,
  user: UserId,
  query: PageQuery,
): Promise<Page<AuthenticationFactor>> {
  await readUser(db.kysely, environment, user)
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('authentication_factors')
      .selectAll()
      .where('environment_id', '=', environment)
      .where('user_id', '=', user)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as AuthenticationFactorId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as AuthenticationFactorId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(presentFactor), list_metadata }
}
