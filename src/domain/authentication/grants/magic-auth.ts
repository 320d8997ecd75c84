import { change } from '#db/work.ts'
import { findUserByEmail } from '../../users/read.ts'
import { announce } from '../announce.ts'
import { requireSecret } from '../client.ts'
import { completeSignIn } from '../complete.ts'
import { markEmailVerified } from '../email-verification.ts'
import { plainFacts } from '../facts.ts'
import { checkMagicAuth } from '../magic-auth.ts'
import { refuseCode } from '../refuse-code.ts'
import { dropUnprovenPassword } from '../unproven-password.ts'
import { type Grant, requireFields } from './grant.ts'

/** A code from the inbox: proof of the inbox and of the person at once. */
export const magicAuth: Grant = async (deps, { client, fields, origin }) => {
  requireSecret(client)
  const { code, email } = requireFields(fields, 'code', 'email')
  const result = await change(deps, { environment: client.environment }, async (work) => {
    const user = await findUserByEmail(work.tx, work.environment, email)
    const verdict = user ? await checkMagicAuth(work, deps.secrets, user, code) : 'incorrect'
    announce(work, 'magic_auth', verdict, { user: user ?? null, email, origin })
    if (!user || verdict !== 'right') return { verdict: verdict === 'right' ? 'incorrect' : verdict } as const
    const facts = { ...plainFacts('MagicAuth', origin), emailProven: true }
    await dropUnprovenPassword(work, user)
    const holder = await markEmailVerified(work, user)
    return { outcome: await completeSignIn(work, deps.secrets, holder, facts, fields.invitation_token) }
  })
  return result.outcome ?? refuseCode(result.verdict)
}
