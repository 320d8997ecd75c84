import { change } from '#db/work.ts'
import { requireSecret } from '../client.ts'
import { completeSignIn } from '../complete.ts'
import { confirmEmail } from '../email-verification.ts'
import { announce } from '../announce.ts'
import { shownWith } from '../facts.ts'
import { countWrongAttempt, holdPending, usePending } from '../pending.ts'
import { refuseCode } from '../refuse-code.ts'
import { type Grant, requireFields } from './grant.ts'

/** The person has read the code in the inbox they claim. */
export const emailVerification: Grant = async (deps, { client, fields, origin }) => {
  requireSecret(client)
  const { code, pending_authentication_token: token } = requireFields(fields, 'code', 'pending_authentication_token')
  const result = await change(deps, { environment: client.environment }, async (work) => {
    const pending = await holdPending(work, token, 'email_verification')
    const verification = pending.awaited.step === 'email_verification' ? pending.awaited.verification : undefined
    const along = shownWith(pending.facts)
    const { verdict, user } = await confirmEmail(work, deps.secrets, pending.user, code, along, verification)
    announce(work, 'email_verification', verdict, { user, origin })
    if (verdict !== 'right') {
      await countWrongAttempt(work, pending)
      return { verdict }
    }
    const outcome = await completeSignIn(work, deps.secrets, user, { ...pending.facts, emailProven: true })
    await usePending(work, pending)
    return { outcome }
  })
  return result.outcome ?? refuseCode(result.verdict)
}
