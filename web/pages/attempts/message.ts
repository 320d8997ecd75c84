import type { SamlGuide } from '#contracts/guides/guide.ts'
import type { Finding, SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'

/** What an administrator elsewhere needs to mend a failed sign-in, as a plain message. */
export function messageFor(
  { message, expected, received, code, side }: Finding,
  { id, created_at, email }: Pick<SignInAttemptTrace, 'id' | 'created_at' | 'email'>,
  guide: SamlGuide | undefined,
): string {
  const where = side === 'identity_provider' ? guide?.fixes[code]?.replaceAll('**', '') : undefined
  return [
    `A sign-in${email === null ? '' : ` of ${email}`} failed at ${created_at}: ${message}`,
    ...(expected.length > 0 ? [`Expected: ${expected.join(', ')}`] : []),
    ...(received.length > 0 ? [`Received: ${received.join(', ')}`] : []),
    ...(where !== undefined && guide ? [`To change in the ${guide.console.replace(/^the /, '')}: ${where}`] : []),
    `Reference: ${id}`,
  ].join('\n')
}
