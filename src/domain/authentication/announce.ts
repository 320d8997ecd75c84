import type { Work } from '#db/work.ts'
import type { UserRow } from '../users/present.ts'
import type { SignInFacts } from './facts.ts'
import type { CodeVerdict } from './one-time-code.ts'
import { codeRefusals } from './refuse-code.ts'

interface Who {
  /** Null where nobody has the address. */
  readonly user: Pick<UserRow, 'id' | 'email'> | null
  /** The address as it was given, where there is no user. */
  readonly email?: string
  readonly origin: Pick<SignInFacts, 'ipAddress' | 'userAgent'>
}

const wrong = {
  password: 'The address or the password is wrong.',
  passkey: 'The passkey is not known here, or its answer does not hold.',
} as const

/** Puts a proof that held or did not hold into the log. */
export function announce(
  work: Work,
  type: 'email_verification' | 'magic_auth' | 'mfa' | 'passkey' | 'password',
  verdict: CodeVerdict | 'invalid_credentials',
  { user, email, origin }: Who,
): void {
  const where = { ip_address: origin.ipAddress, user_agent: origin.userAgent }
  if (verdict === 'right' && user)
    return work.emit(
      `authentication.${type}_succeeded`,
      { type, status: 'succeeded', ...where, user_id: user.id, email: user.email },
      null,
    )
  const [code, message] =
    verdict === 'invalid_credentials' || verdict === 'right'
      ? (['invalid_credentials', wrong[type === 'passkey' ? type : 'password']] as const)
      : codeRefusals[verdict]
  work.emit(
    `authentication.${type}_failed`,
    {
      type,
      status: 'failed',
      ...where,
      user_id: user?.id ?? null,
      email: user?.email ?? email ?? null,
      error: { code, message },
    },
    null,
  )
}
