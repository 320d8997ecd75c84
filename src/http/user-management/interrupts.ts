import type { AuthenticationErrorBody } from '#contracts/authentication.ts'
import type { Interrupt, SignInOutcome } from '#domain/authentication/complete.ts'

type Interrupted = Extract<SignInOutcome, { kind: 'interrupted' }>

export interface InterruptAnswer {
  readonly status: 400 | 403
  readonly body: AuthenticationErrorBody
}

/** The vendor's statuses and bodies: some interrupts are OAuth errors, some are not, and a refresh knows only the first. */
export function interruptAnswer({ interrupt, pendingToken, user }: Interrupted): InterruptAnswer {
  const pending = pendingToken === null ? {} : { pending_authentication_token: pendingToken }
  const person = {
    user: {
      object: 'user' as const,
      id: user.id,
      email: user.email,
      first_name: user.first_name,
      last_name: user.last_name,
    },
  }
  if (pendingToken === null && (interrupt.kind === 'mfa_enrollment' || interrupt.kind === 'mfa_challenge'))
    return { status: 400, body: { error: 'mfa_enrollment', error_description: messages.mfa_enrollment } }
  switch (interrupt.kind) {
    case 'email_verification_required':
      return {
        status: 403,
        body: {
          code: interrupt.kind,
          message: messages[interrupt.kind],
          email: user.email,
          email_verification_id: interrupt.verification,
          ...pending,
        },
      }
    case 'mfa_enrollment':
      return { status: 403, body: { code: interrupt.kind, message: messages[interrupt.kind], ...person, ...pending } }
    case 'mfa_challenge':
      return {
        status: 403,
        body: {
          code: interrupt.kind,
          message: messages[interrupt.kind],
          authentication_factors: interrupt.factors.map(({ id, type }) => ({ id, type })),
          ...person,
          ...pending,
        },
      }
    case 'organization_selection_required':
      return {
        status: 403,
        body: {
          code: interrupt.kind,
          message: messages[interrupt.kind],
          organizations: [...interrupt.organizations],
          ...person,
          ...pending,
        },
      }
    case 'sso_required':
      return {
        status: 400,
        body: {
          error: interrupt.kind,
          error_description: messages[interrupt.kind],
          email: user.email,
          connection_ids: [...interrupt.connections],
          ...pending,
        },
      }
    case 'organization_methods_required':
      return {
        status: 400,
        body: {
          error: 'organization_authentication_methods_required',
          error_description: messages[interrupt.kind],
          email: user.email,
          sso_connection_ids: [...interrupt.connections],
          auth_methods: { ...interrupt.methods },
          ...pending,
        },
      }
    default:
      return interrupt satisfies never
  }
}

const messages: Readonly<Record<Interrupt['kind'], string>> = {
  email_verification_required: 'Email ownership must be verified before authentication.',
  mfa_enrollment: 'The user must enroll in MFA to finish authenticating.',
  mfa_challenge: 'The user must complete an MFA challenge to finish authenticating.',
  organization_selection_required: 'The user must choose an organization to finish their authentication.',
  sso_required: 'User must authenticate using one of the matching connections.',
  organization_methods_required: 'User must authenticate using one of the methods of the organization.',
}
