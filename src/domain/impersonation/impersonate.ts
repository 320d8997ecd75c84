import { randomBytes } from 'node:crypto'
import type { EnvironmentId, OrganizationId, UserId } from '#contracts/ids.ts'
import type { Impersonation, ImpersonationCreate } from '#contracts/impersonation.ts'
import type { Database } from '#db/database.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import { createAuthorizationCode } from '../authentication/codes.ts'
import { plainFacts } from '../authentication/facts.ts'
import { readSettings } from '../authentication/settings.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { activeMemberships } from '../memberships/read.ts'
import { chooseRedirect } from '../redirects/resolve.ts'
import type { Client } from '../sso/attempts.ts'
import { withParameters } from '../sso/start-login.ts'
import { holdUser } from '../users/read.ts'

/** Long enough to click it, too short to keep it. */
const linkLifetimeMs = 5 * 60_000

/**
 * Makes a link that signs its opener in as the user.
 * @throws BadRequest `impersonation_disabled` unless the environment allows it; NotFound without the user, or when they
 *   are no active member of the organization.
 */
export async function impersonate(
  work: Work,
  id: UserId,
  input: ImpersonationCreate,
  baseUrl: string,
): Promise<Impersonation> {
  await holdUser(work, id)
  const settings = await readSettings(work.tx, work.environment)
  if (!settings.impersonation)
    throw new BadRequest(
      'Impersonation is switched off in this environment. Switch it on in its authentication settings.',
      'impersonation_disabled',
    )
  if (input.organization_id !== undefined) {
    const memberships = await activeMemberships(work.tx, work.environment, id)
    if (!memberships.some((membership) => membership.organization_id === input.organization_id))
      throw new NotFound('Organization', input.organization_id)
  }
  const redirects = await work.tx
    .selectFrom('redirect_uris')
    .select(['uri', 'is_default'])
    .where('environment_id', '=', work.environment)
    .execute()
  const redirectUri = chooseRedirect(redirects, input.redirect_uri)
  if (redirectUri === undefined)
    throw new BadRequest(
      'There is nowhere to send the browser: give a registered redirect_uri, or make one the default.',
      'redirect_uri_not_registered',
    )
  const token = randomBytes(24).toString('base64url')
  const expiresAt = new Date(work.now.getTime() + linkLifetimeMs)
  await work.tx
    .insertInto('impersonations')
    .values({
      environment_id: work.environment,
      token_hash: hashSecret(token),
      user_id: id,
      organization_id: input.organization_id ?? null,
      impersonator_email: input.impersonator_email,
      reason: input.reason.trim(),
      redirect_uri: redirectUri,
      expires_at: expiresAt,
      created_at: work.now,
    })
    .execute()
  return {
    object: 'impersonation',
    user_id: id,
    url: `${baseUrl}/user_management/impersonate?token=${token}`,
    expires_at: expiresAt.toISOString(),
  }
}

/**
 * Takes a link: the first one to open it is sent to the application with a code, and it is worth nothing from then on.
 * @returns undefined for a link that is unknown, used or too old, or that was taken back by switching impersonation off.
 */
export async function openImpersonation(
  deps: ChangeDeps & { readonly db: Database },
  token: string,
  client: Client,
): Promise<string | undefined> {
  const hash = hashSecret(token)
  const { rows } = await deps.db.pool.query<{ environment_id: EnvironmentId }>({
    name: 'impersonation-environment',
    text: 'select environment_id from impersonations where token_hash = $1',
    values: [hash],
  })
  const environment = rows[0]?.environment_id
  if (environment === undefined) return undefined
  return change(deps, { environment }, async (work) => {
    const row = await work.tx
      .updateTable('impersonations')
      .set({ used_at: work.now })
      .where('environment_id', '=', environment)
      .where('token_hash', '=', hash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', work.now)
      .returningAll()
      .executeTakeFirst()
    if (!row || !(await readSettings(work.tx, environment)).impersonation) return undefined
    const code = await createAuthorizationCode(work, {
      user: row.user_id,
      redirectUri: row.redirect_uri,
      codeChallenge: null,
      facts: {
        ...plainFacts('Impersonation', client),
        organization: row.organization_id satisfies OrganizationId | null,
        impersonator: { email: row.impersonator_email, reason: row.reason },
      },
    })
    return withParameters(row.redirect_uri, { code })
  })
}
