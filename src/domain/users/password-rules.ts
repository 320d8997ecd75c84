import type { AuthenticationSettings } from '#contracts/authentication-settings.ts'
import type { FieldError } from '#contracts/errors.ts'
import { isCommonPassword } from './common-passwords.ts'

export type PasswordPolicy = AuthenticationSettings['password']

/** Longer ones are not typed by people; every kind of hash can take this much. */
const maximumLength = 256

/** What of somebody must not be their password. */
export interface PasswordOwner {
  readonly email: string
  readonly first_name?: string | null | undefined
  readonly last_name?: string | null | undefined
  readonly name?: string | null | undefined
}

/** Every rule that a password breaks; NIST SP 800-63B §3.1.1.2, which wants length and lists and no kinds of characters. */
export async function passwordProblems(
  password: string,
  owner: PasswordOwner,
  policy: PasswordPolicy,
): Promise<FieldError[]> {
  const length = Array.from(password).length
  const problems: FieldError[] = []
  if (length < policy.minimum_length)
    problems.push({
      code: 'password_too_short',
      message: `A password has at least ${policy.minimum_length} characters.`,
    })
  if (length > maximumLength)
    problems.push({ code: 'password_too_long', message: `A password has at most ${maximumLength} characters.` })
  if (!policy.refuse_common) return problems
  if ((await isCommonPassword(password)) || isMonotonous(password))
    problems.push({ code: 'password_too_common', message: 'Many people use this password, and attackers know it.' })
  if (namesOf(owner).some((name) => password.toLowerCase().includes(name)))
    problems.push({ code: 'password_contains_name', message: 'The password holds the address or a name.' })
  return problems
}

/** One or two characters over and over, whatever the length. */
function isMonotonous(password: string): boolean {
  return new Set(password.toLowerCase()).size <= 2
}

/** Of four characters and more: a password may hold an "Al" by chance. */
function namesOf({ email, first_name, last_name, name }: PasswordOwner): string[] {
  const [local = '', host = ''] = email.toLowerCase().split('@')
  const company = host.split('.').at(-2) ?? ''
  const parts = [local, ...local.split(/[.+_-]/), company, ...[first_name, last_name, name].map((one) => one ?? '')]
  return parts.flatMap((part) => part.toLowerCase().split(/\s+/)).filter((part) => part.length >= 4)
}
