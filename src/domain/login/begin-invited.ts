import type { EnvironmentId, InvitationId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { readInviterName } from '../invitations/inviter.ts'
import { stateOf } from '../invitations/present.ts'
import { readInvitation } from '../invitations/read.ts'
import { readOrganization } from '../organizations/read.ts'
import { findUserByEmail } from '../users/read.ts'
import type { Next } from './advance.ts'
import { type LoginDeps, moveTo } from './answers.ts'
import { identifyByEmail } from './identifier.ts'
import { type InvitationGone, nothing } from './invitation.ts'
import type { HostedLogin } from './state.ts'

/** What the page about an invitation shows. */
export interface InvitationCard {
  readonly organization: string | null
  readonly inviter: string | null
  readonly email: string
}

/** @returns what became of the invitation where it does not open any more. */
export async function readInvitationCard(
  { kysely }: Database,
  environment: EnvironmentId,
  id: InvitationId,
  now: Date,
): Promise<InvitationCard | InvitationGone> {
  const row = await readInvitation(kysely, environment, id).catch(nothing)
  if (!row) return 'unknown'
  const state = stateOf(row, now)
  if (state !== 'pending') return state
  const { organization_id: place, email } = row
  const organization = place === null ? null : (await readOrganization(kysely, environment, place)).name
  return { organization, inviter: await readInviterName(kysely, environment, row), email }
}

/**
 * Goes on from the invitation's page: to the invited address's own identity provider, to the ways in of somebody who has
 * an account, or to making one. The token came to the inbox, which may learn whether it has an account.
 */
export async function beginInvited(
  deps: LoginDeps,
  login: HostedLogin,
  email: string,
  locale: string,
): Promise<Next | 'no_methods'> {
  const next = await identifyByEmail(deps, login, email, locale)
  if (next === 'no_methods' || next.kind !== 'step' || next.step !== 'password') return next
  const known = await findUserByEmail(deps.db.kysely, login.environment, email)
  return known ? next : moveTo(deps, login, { step: 'sign-up', email })
}
