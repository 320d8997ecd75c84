import type { EmailVerificationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { BadRequest } from '../errors.ts'
import { acceptInvitation, requireInvitation } from '../invitations/accept.ts'
import { spendMail } from '../mail/limit.ts'
import { type IssuedSession, issueSession } from '../sessions/issue.ts'
import type { UserRow } from '../users/present.ts'
import { readCircumstances } from './circumstances.ts'
import { conclude, type Conclusion } from './conclude.ts'
import { markEmailVerified, sendEmailVerification } from './email-verification.ts'
import { shownWith, type SignInFacts } from './facts.ts'
import { type Awaited, createPending } from './pending.ts'

/** What stands between a person and a session, when it is something they can do. */
export type Interrupt =
  | Exclude<Conclusion, { kind: 'done' | 'method_not_allowed' | 'not_a_member' | 'email_verification_required' }>
  | { readonly kind: 'email_verification_required'; readonly verification: EmailVerificationId }

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly session: IssuedSession; readonly oauthTokens: string | null }
  | {
      readonly kind: 'interrupted'
      readonly interrupt: Interrupt
      /** Null on a refresh: the session and its refresh token stay as they are. */
      readonly pendingToken: string | null
      readonly user: UserRow
    }

/**
 * Goes from what was proven to a session, or to the next thing to ask for.
 * @param invitation token of an invitation to accept on the way; it came by mail, so it proves the inbox too.
 * @throws BadRequest when nothing the person could do now would help.
 */
export async function completeSignIn(
  work: Work,
  secrets: Secrets,
  person: UserRow,
  shown: SignInFacts,
  invitation?: string,
): Promise<SignInOutcome> {
  const { user, facts } = invitation
    ? await joinByInvitation(work, person, shown, invitation)
    : { user: person, facts: shown }
  const circumstances = await readCircumstances(work.tx, work.environment, user.id)
  const conclusion = conclude({ user, ...facts }, circumstances)
  if (conclusion.kind === 'done') {
    const session = await issueSession(work, circumstances.settings, {
      ...facts,
      user: user.id,
      organization: conclusion.organization,
      connection: facts.connection?.id ?? null,
    })
    return { kind: 'signed_in', session, oauthTokens: facts.oauthTokens }
  }
  const interrupt = await interruptOf(work, secrets, user, conclusion)
  const pendingToken = await createPending(work, user, facts, awaitedBy(interrupt))
  return { kind: 'interrupted', interrupt, pendingToken, user }
}

/** @throws BadRequest for what is no interrupt but the end. */
export function refuseHopeless(
  conclusion: Exclude<Conclusion, { kind: 'done' }>,
): Exclude<Conclusion, { kind: 'done' | 'method_not_allowed' | 'not_a_member' }> {
  if (conclusion.kind === 'method_not_allowed')
    throw new BadRequest('This way of signing in is switched off.', 'authentication_method_not_allowed')
  if (conclusion.kind === 'not_a_member') throw notAMember(conclusion.organization)
  return conclusion
}

export function notAMember(organization: string): BadRequest {
  return new BadRequest(
    `The user has no active membership of the organization '${organization}'.`,
    'organization_membership_not_found',
  )
}

async function joinByInvitation(work: Work, person: UserRow, shown: SignInFacts, token: string) {
  const invitation = await requireInvitation(work, token, person.email)
  await acceptInvitation(work, invitation, person)
  return {
    user: await markEmailVerified(work, person, shownWith(shown)),
    facts: { ...shown, emailProven: true, organization: shown.organization ?? invitation.organization_id },
  }
}

async function interruptOf(
  work: Work,
  secrets: Secrets,
  user: UserRow,
  conclusion: Exclude<Conclusion, { kind: 'done' }>,
): Promise<Interrupt> {
  const next = refuseHopeless(conclusion)
  if (next.kind !== 'email_verification_required') return next
  const { id: verification } = await sendEmailVerification(work, secrets, user)
  // Anybody who has signed up with somebody's address can ask for this mail, by the door of the API as at the login box.
  await spendMail(work.tx, work.environment, user.email, work.now)
  return { kind: next.kind, verification }
}

function awaitedBy(interrupt: Interrupt): Awaited {
  switch (interrupt.kind) {
    case 'email_verification_required':
      return { step: 'email_verification', verification: interrupt.verification }
    case 'mfa_enrollment':
      return { step: 'mfa', factors: [] }
    case 'mfa_challenge':
      return { step: 'mfa', factors: interrupt.factors.map(({ id }) => id) }
    case 'organization_selection_required':
      return { step: 'organization' }
    case 'sso_required':
    case 'organization_methods_required':
      return { step: 'none' }
    default:
      return interrupt satisfies never
  }
}
