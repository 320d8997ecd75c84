import type { AuthenticationChallengeId } from '#contracts/ids.ts'
import { change, type Work } from '#db/work.ts'
import { announce } from '../announce.ts'
import { requireSecret } from '../client.ts'
import { completeSignIn } from '../complete.ts'
import { verifyChallenge } from '../mfa.ts'
import type { CodeVerdict } from '../one-time-code.ts'
import { countWrongAttempt, holdPending, type Pending, usePending } from '../pending.ts'
import { consumeRecoveryCode, isRecoveryCode } from '../recovery-codes.ts'
import { refuseCode } from '../refuse-code.ts'
import { type Grant, type GrantDeps, requireFields } from './grant.ts'

/** A code of the person's authenticator app, or one of their recovery codes in its place. */
export const mfaTotp: Grant = async (deps, { client, fields, origin }) => {
  requireSecret(client)
  const given = requireFields(fields, 'code', 'authentication_challenge_id', 'pending_authentication_token')
  const result = await change(deps, { environment: client.environment }, async (work) => {
    const pending = await holdPending(work, given.pending_authentication_token, 'mfa')
    const verdict = await check(work, deps, pending, given.code, given.authentication_challenge_id)
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
): Promise<CodeVerdict> {
  const factors = awaited.step === 'mfa' ? awaited.factors : []
  if (factors.length > 0 && isRecoveryCode(code))
    return (await consumeRecoveryCode(work, user.id, code)) ? 'right' : 'incorrect'
  const { verdict } = await verifyChallenge(
    work,
    secrets,
    challenge as AuthenticationChallengeId, // an id of anything else is not found
    code,
    // Who is asked for a factor they have cannot answer with one they have just made, or with somebody else's.
    (factor) => factor.user_id === user.id && (factors.length === 0 || factors.includes(factor.id)),
  )
  return verdict
}
