import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { OrganizationId, UserId } from '#contracts/ids.ts'
import type { InvitationCreate } from '#contracts/invitations.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { BadRequest, Invalid } from '../errors.ts'
import { createMembership } from '../memberships/create.ts'
import { findMembership } from '../memberships/read.ts'
import { holdOrganization } from '../organizations/read.ts'
import { resolveRoles } from '../roles/resolve.ts'
import { addressKey } from '../users/address.ts'
import { canonicalLocale } from '../users/locale.ts'
import { findUserByEmail, holdUser } from '../users/read.ts'
import { mailInvitation } from './mail.ts'
import { type InvitationKeys, type InvitationRow, presentInEvent } from './present.ts'
import { findOpenInvitation, readInvitation } from './read.ts'

const defaultDays = 7
const maxDays = 30

/**
 * Invites an address and mails it the token. Somebody who has an account gets a pending membership at once.
 * @throws NotFound without the organization or inviter; BadRequest for whoever need not be invited, and for a role or a
 *   time that cannot be.
 */
export async function sendInvitation(
  work: Work,
  keys: InvitationKeys,
  input: InvitationCreate,
): Promise<InvitationRow> {
  const email = addressKey(input.email)
  const days = daysOf(input)
  const organization = (input.organization_id ?? null) as OrganizationId | null // any text may be asked for
  const inviter = (input.inviter_user_id ?? null) as UserId | null
  const role = input.role_slug ?? undefined
  const locale = canonicalLocale(input.locale ?? null)
  await lockAddress(work, email)
  const place = organization === null ? undefined : await holdOrganization(work, organization)
  if (inviter !== null) await holdUser(work, inviter)
  if (organization === null && role !== undefined)
    throw new BadRequest('A role is one in an organization; say which.', 'invalid_role')
  await refuseNeedless(work, email, organization)
  if (organization !== null && role !== undefined) await requireRole(work, organization, role)
  await makePending(work, email, organization, role)

  const id = newId('invitation', work.now)
  const token = newToken()
  await work.tx
    .insertInto('invitations')
    .values({
      environment_id: work.environment,
      id,
      email,
      state: 'pending',
      organization_id: organization,
      inviter_user_id: inviter,
      role_slug: role ?? null,
      locale,
      token_hash: hashSecret(token),
      sealed_token: sealToken(keys.secrets, id, token),
      expires_at: new Date(work.now.getTime() + days * 86_400_000),
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
  const row = await readInvitation(work.tx, work.environment, id)
  await mailInvitation(work, keys, row, place?.name ?? null)
  work.emit('invitation.created', presentInEvent(row, work.now), organization)
  return row
}

function daysOf({ expires_in_days: days }: InvitationCreate): number {
  if (days === undefined || days === null) return defaultDays
  if (days < 1) throw new BadRequest('An invitation lives for a day at least.', 'expires_in_days_too_short')
  if (days > maxDays)
    throw new BadRequest(`An invitation lives for ${maxDays} days at most.`, 'expires_in_days_too_long')
  return days
}

/** Two invitations of one address at once would not see each other. */
async function lockAddress(work: Work, email: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${work.environment} ${email}`}, 7240120))`.execute(work.tx)
}

async function refuseNeedless(work: Work, email: string, organization: OrganizationId | null): Promise<void> {
  const user = await findUserByEmail(work.tx, work.environment, email)
  if (organization === null && user)
    throw new BadRequest('Somebody with this address has an account already.', 'user_already_exists')
  if (organization !== null && user && (await findMembership(work, user.id, organization))?.status === 'active')
    throw new BadRequest('The user is a member of this organization already.', 'user_already_organization_member')
  if (await findOpenInvitation(work, email, organization))
    throw organization === null
      ? new BadRequest('The address was invited already.', 'email_already_invited')
      : new BadRequest('The address was invited to this organization already.', 'email_already_invited_to_organization')
}

async function requireRole(work: Work, organization: OrganizationId, role: string): Promise<void> {
  try {
    await resolveRoles(work, organization, { role_slug: role })
  } catch (error) {
    throw error instanceof Invalid ? new BadRequest(`There is no role '${role}'.`, 'invalid_role') : error
  }
}

/** One that an administrator closed stays closed until the invitation is accepted. */
async function makePending(
  work: Work,
  email: string,
  organization: OrganizationId | null,
  role: string | undefined,
): Promise<void> {
  const user = organization !== null && (await findUserByEmail(work.tx, work.environment, email))
  if (!user || (await findMembership(work, user.id, organization))) return
  await createMembership(work, {
    user: user.id,
    organization,
    status: 'pending',
    ...(role !== undefined && { role_slug: role }),
  })
}

/** 25 letters and digits, as the vendor's: some 148 bits. */
function newToken(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  let token = ''
  while (token.length < 25)
    for (const byte of randomBytes(32)) {
      // Bytes past a multiple of 62 would make some letters likelier than others.
      if (byte < 248 && token.length < 25) token += letters[byte % 62]
    }
  return token
}

function sealToken(secrets: Secrets, id: InvitationRow['id'], token: string): string {
  return secrets.seal(token, sealContext('invitations.sealed_token', id))
}
