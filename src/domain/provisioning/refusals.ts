import type { DirectoryUserProvisioning } from '#contracts/directory-provisioning.ts'
import type { DirectoryUserId, EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { type DomainError, NotFound } from '../errors.ts'

/** Remembers why somebody could not be provisioned. */
export async function noteRefusal(work: Work, person: DirectoryUserId, error: DomainError): Promise<void> {
  const reasons = 'errors' in error && error.errors ? error.errors.map(({ message, code }) => message ?? code) : []
  const refusal = {
    code: ('error' in error ? error.error : error.code) ?? error.name,
    message: [error.message, ...reasons].join(' '),
    refused_at: work.now,
  }
  await work.tx
    .insertInto('provisioning_refusals')
    .columns(['environment_id', 'directory_user_id', 'code', 'message', 'refused_at'])
    // Whoever left the directory meanwhile needs no reason any more.
    .expression((eb) =>
      eb
        .selectFrom('directory_users')
        .select(({ val }) => [
          'environment_id',
          'id',
          val(refusal.code).as('code'),
          val(refusal.message).as('message'),
          val(refusal.refused_at).as('refused_at'),
        ])
        .where('environment_id', '=', work.environment)
        .where('id', '=', person),
    )
    .onConflict((conflict) => conflict.columns(['environment_id', 'directory_user_id']).doUpdateSet(refusal))
    .execute()
}

/** What succeeded is refused no longer. */
export async function forgetRefusals(work: Work, people: readonly DirectoryUserId[]): Promise<void> {
  if (people.length === 0) return
  await work.tx
    .deleteFrom('provisioning_refusals')
    .where('environment_id', '=', work.environment)
    .where('directory_user_id', 'in', people)
    .execute()
}

/** @throws NotFound for somebody the application does not see. */
export async function explainProvisioning(
  db: Database,
  environment: EnvironmentId,
  id: DirectoryUserId,
): Promise<DirectoryUserProvisioning> {
  const row = await db.kysely
    .selectFrom('directory_users as u')
    .leftJoin('provisioning_refusals as r', (join) =>
      join.onRef('r.environment_id', '=', 'u.environment_id').onRef('r.directory_user_id', '=', 'u.id'),
    )
    .leftJoin('organization_memberships as m', (join) =>
      join.onRef('m.environment_id', '=', 'u.environment_id').onRef('m.directory_user_id', '=', 'u.id'),
    )
    .select(['m.id', 'm.user_id', 'r.code', 'r.message', 'r.refused_at'])
    .where('u.environment_id', '=', environment)
    .where('u.id', '=', id)
    .where('u.visible', '=', true)
    .executeTakeFirst()
  if (!row) throw new NotFound('Directory User', id)
  const { code, message, refused_at: refusedAt } = row
  return {
    object: 'directory_user_provisioning',
    directory_user_id: id,
    user_id: row.user_id,
    organization_membership_id: row.id,
    refusal:
      code === null || message === null || refusedAt === null
        ? null
        : { reason: code, message, refused_at: refusedAt.toISOString() },
  }
}
