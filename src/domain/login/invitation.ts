import type { Work } from '#db/work.ts'
import { markEmailVerified } from '../authentication/email-verification.ts'
import { shownWith } from '../authentication/facts.ts'
import { NotFound } from '../errors.ts'
import { acceptInvitation, opensFor } from '../invitations/accept.ts'
import type { InvitationRow } from '../invitations/present.ts'
import { lockInvitation } from '../invitations/read.ts'
import { createUser } from '../users/create.ts'
import { findUserByEmail } from '../users/read.ts'
import type { Shown } from './advance.ts'
import type { HostedLogin } from './state.ts'

/** Why an invitation opens nothing: what became of it, or that there is none. */
export type InvitationGone = 'expired' | 'revoked' | 'accepted' | 'unknown'

/** Lets the invited address in where sign-ups are closed: it has an account from now on. */
export async function admitInvited(work: Work, login: HostedLogin, email: string): Promise<void> {
  if ((await lockOpen(work, login, email)) && !(await findUserByEmail(work.tx, work.environment, email)))
    await createUser(work, { email })
}

/** The invitation that a sign-in came with, as long as this address can accept it; locked. */
export async function lockOpen(
  work: Work,
  { request: { invitation } }: HostedLogin,
  email: string,
): Promise<InvitationRow | undefined> {
  if (!invitation) return undefined
  const row = await lockInvitation(work, invitation.id).catch(nothing)
  return row && opensFor(row, email, work.now) ? row : undefined
}

/** Accepts for whoever has shown who they are: as by the API, before it is decided what else is asked for. */
export async function joinInvited(
  work: Work,
  login: HostedLogin,
  shown: Shown,
): Promise<{ readonly login: HostedLogin; readonly shown: Shown } | 'inviteOther' | 'inviteGoneTitle'> {
  const { invitation } = login.request
  if (!invitation || login.state.invitationAccepted) return { login, shown }
  if (shown.user.email !== invitation.email) return 'inviteOther'
  const row = await lockOpen(work, login, shown.user.email)
  if (!row) return 'inviteGoneTitle'
  await acceptInvitation(work, row, shown.user)
  return {
    login: { ...login, state: { ...login.state, invitationAccepted: true } },
    // Whoever brought the token has read the inbox.
    shown: {
      ...shown,
      user: await markEmailVerified(work, shown.user, shownWith(shown.facts, shown.link === null)),
      facts: { ...shown.facts, emailProven: true },
    },
  }
}

/** What is not there any more is no failure here. */
export function nothing(error: unknown): undefined {
  if (error instanceof NotFound) return undefined
  throw error
}
