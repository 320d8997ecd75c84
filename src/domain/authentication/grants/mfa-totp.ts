import type { AuthenticationChallengeId } from '#contracts/ids.ts'
import { change, type Work } from '#db/work.ts'
import { announce } from '../announce.ts'
import { requireSecret } from '../client.ts'
import { completeSignIn } from '../complete.ts'
import { holdProvenFactors, verifyChallenge } from '../mfa.ts'
import type { CodeVerdict } from '../one-time-code.ts'
import { countWrongAttempt, holdPending, type Pending, usePending } from '../pending.ts'
import { consumeRecoveryCode, isRecoveryCode } from '../recovery-codes.ts'
import { refuseCode } from '../refuse-code.ts'
import { type Grant, type GrantDeps, requireFields } from './grant.ts'

/**
 * A code of the person's authenticator app, or one of their recovery codes in its place. Who was to make a factor, and has
 * one by now, is asked for that.
 */
export const mfaTotp: Grant = async (deps, { client, fields, origin }) => {
  requireSecret(client)
  const given = requireFields(fields, 'code', 'authentication_challenge_id', 'pending_authentication_token')
  const result = await change(deps, { environment: client.environment }, async (work) => {
    const pending = await holdPending(work, given.pending_authentication_token, 'mfa')
    const verdict = await check(work, deps, pending, given.code, given.authentication_challenge_id)
    if (verdict === 'other_factor') {
      const outcome = await completeSignIn(work, deps.secrets, pending.user, pending.facts)
      await usePending(work, pending)
      return { outcome }
    }
    announce(work, 'mfa', verdict, { user: pending.user, origin })
    if (verdict !== 'right') {
      await countWrongAttempt(work, pending)
      return { verdict }
    }
    const outcome = await completeSignIn(work, deps.secrets, pending.user, { ...pending.facts, mfa: true })
    await usePending(work, pending)
    return { outcome }
  })
  return result.outcome ?? refuseCode(result.verdict)
}

async function check(
  work: Work,
  { secrets }: GrantDeps,
  { user, awaited }: Pending,
  code: string,
  challenge: string,
): Promise<CodeVerdict | 'other_factor'> {
  const asked = awaited.step === 'mfa' ? awaited.factors : []
  if (asked.length > 0 && isRecoveryCode(code))
    return (await consumeRecoveryCode(work, user.id, code)) ? 'right' : 'incorrect'
  // Somebody may have made one meanwhile: whoever knows the password alone gets none beside it.
  const factors = asked.length > 0 ? asked : await holdProvenFactors(work, user.id)
  let isOther = false
  const { verdict } = await verifyChallenge(
    work,
    secrets,
    challenge as AuthenticationChallengeId, // an id of anything else is not found
    code,
    // Who is asked for a factor they have cannot answer with one they have just made, or with somebody else's.
    (factor) => {
      const counts = factor.user_id === user.id && (factors.length === 0 || factors.includes(factor.id))
      isOther = !counts && factor.user_id === user.id && asked.length === 0
      return counts
    },
  )
  return isOther ? 'other_factor' : verdict
}
