import { change } from '#db/work.ts'
import { BadRequest, Forbidden } from '../../errors.ts'
import { checkPassword, lockPasswordHolder } from '../../users/passwords.ts'
import { announce } from '../announce.ts'
import { requireSecret } from '../client.ts'
import { completeSignIn } from '../complete.ts'
import { plainFacts } from '../facts.ts'
import { readSettings } from '../settings.ts'
import { type Grant, requireFields } from './grant.ts'

/** An address and its password. Nobody can tell from answer or time whether the address or the password was wrong. */
export const password: Grant = async (deps, { client, fields, origin }) => {
  requireSecret(client)
  const { email, password: plain } = requireFields(fields, 'email', 'password')
  const { environment } = client
  if (!(await readSettings(deps.db.kysely, environment)).methods.password)
    throw new Forbidden('Signing in by password is switched off.', 'email_password_auth_disabled')
  // Outside of the transaction: it takes tens of milliseconds, and a connection is dear.
  const checked = await checkPassword(deps, environment, email, plain)
  const outcome = await change(deps, { environment }, async (work) => {
    const holder = await lockPasswordHolder(work, checked)
    announce(work, 'password', holder ? 'right' : 'invalid_credentials', { user: checked.user ?? null, email, origin })
    if (!holder) return undefined
    return completeSignIn(work, deps.secrets, holder, plainFacts('Password', origin), fields.invitation_token)
  })
  if (!outcome) throw new BadRequest(`Invalid credentials for '${email.slice(0, 320)}'.`, 'invalid_credentials')
  return outcome
}
