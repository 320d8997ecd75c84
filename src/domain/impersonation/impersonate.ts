import { randomBytes } from 'node:crypto'
import type { EnvironmentId, OrganizationId, UserId } from '#contracts/ids.ts'
import type { Impersonation, ImpersonationCreate } from '#contracts/impersonation.ts'
import type { Database } from '#db/database.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import { type CodeRequest, createAuthorizationCode } from '../authentication/codes.ts'
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
  const redirects = await readRedirects(work.tx, work.environment)
  const begin = input.redirect_uri === undefined ? settings.sign_in_endpoint : null
  const redirectUri = begin ?? chooseRedirect(redirects, input.redirect_uri)
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

/** Where a link leads. */
export interface OpenedImpersonation {
  readonly location: string
  /**
   * Set when the application begins the sign-in itself, at its sign-in endpoint: the browser keeps this for
   * `redeemImpersonation`, and the link is not used up before.
   */
  readonly pending: string | null
}

/**
 * Opens a link: the first one to do so is sent to the application with a code, and it is worth nothing from then on.
 * @returns undefined for a link that is unknown, used or too old, or that was taken back by switching impersonation off.
 */
export async function openImpersonation(
  deps: ChangeDeps & { readonly db: Database },
  token: string,
  client: Client,
): Promise<OpenedImpersonation | undefined> {
  const { rows } = await deps.db.pool.query<{ environment_id: EnvironmentId; redirect_uri: string }>({
    name: 'impersonation-environment',
    text: `select environment_id, redirect_uri from impersonations
           where token_hash = $1 and used_at is null and expires_at > $2`,
    values: [hashSecret(token), deps.clock()],
  })
  const [found] = rows
  if (!found) return undefined
  const { environment_id: environment, redirect_uri: redirectUri } = found
  const settings = await readSettings(deps.db.kysely, environment)
  if (!settings.impersonation) return undefined
  if (redirectUri === settings.sign_in_endpoint) return { location: redirectUri, pending: token }
  // Since the link was made, its address may have become nobody's.
  if (chooseRedirect(await readRedirects(deps.db.kysely, environment), redirectUri) === undefined) return undefined
  const code = await redeemImpersonation(deps, environment, token, { redirectUri, codeChallenge: null }, client)
  return code === undefined ? undefined : { location: withParameters(redirectUri, { code }), pending: null }
}

/**
 * Uses a link up.
 * @returns a code for the application; undefined when the link is worth nothing, or nothing in this environment.
 */
export async function redeemImpersonation(
  deps: ChangeDeps,
  environment: EnvironmentId,
  token: string,
  request: Pick<CodeRequest, 'redirectUri' | 'codeChallenge'>,
  client: Client,
): Promise<string | undefined> {
  return change(deps, { environment }, async (work) => {
    if (!(await readSettings(work.tx, environment)).impersonation) return undefined
    const row = await work.tx
      .updateTable('impersonations')
      .set({ used_at: work.now })
      .where('environment_id', '=', environment)
      .where('token_hash', '=', hashSecret(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', work.now)
      .returningAll()
      .executeTakeFirst()
    if (!row) return undefined
    return createAuthorizationCode(work, {
      ...request,
      user: row.user_id,
      facts: {
        ...plainFacts('Impersonation', client),
        organization: row.organization_id satisfies OrganizationId | null,
        impersonator: { email: row.impersonator_email, reason: row.reason },
      },
    })
  })
}

function readRedirects(reader: Database['kysely'] | Work['tx'], environment: EnvironmentId) {
  return reader
    .selectFrom('redirect_uris')
    .select(['uri', 'is_default'])
    .where('environment_id', '=', environment)
    .execute()
}
