import { createHash, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { change, type Work } from '#db/work.ts'
import { hashSecret } from '../../environments/api-keys.ts'
import { OAuthError } from '../../errors.ts'
import { revokeSessions } from '../../sessions/revoke.ts'
import { readUser } from '../../users/read.ts'
import { invalidClient } from '../client.ts'
import { completeSignIn, type SignInOutcome } from '../complete.ts'
import type { SignInFacts } from '../facts.ts'
import { type Grant, type GrantDeps, type GrantRequest, requireFields } from './grant.ts'

/** RFC 6749 §4.1.3, RFC 7636. Without a secret the verifier alone shows that the code came to who asked for it. */
export const authorizationCode: Grant = async (deps, request) => {
  const { code } = requireFields(request.fields, 'code')
  if (request.client.apiKey === null && !request.fields.code_verifier) throw invalidClient()
  const outcome = await change(deps, { environment: request.client.environment }, (work) =>
    redeem(work, deps, request, hashSecret(code)),
  )
  if (outcome === undefined)
    throw new OAuthError('invalid_grant', `The code '${code.slice(0, 100)}' has expired or is invalid.`)
  return outcome
}

async function redeem(
  work: Work,
  { secrets }: GrantDeps,
  { fields, origin }: GrantRequest,
  hash: Buffer,
): Promise<SignInOutcome | undefined> {
  const row = await work.tx
    .selectFrom('authorization_codes')
    .selectAll()
    .where('hash', '=', hash)
    .where('environment_id', '=', work.environment)
    .forUpdate()
    .executeTakeFirst()
  if (!row || row.expires_at <= work.now) return undefined
  if (row.redeemed_at !== null) {
    // RFC 6749 §4.1.2: a code that comes back takes down what it bought.
    if (row.session_id !== null) await revokeSessions(work, { session: row.session_id }, 'reused')
    return undefined
  }
  if (!fitsChallenge(row.code_challenge, fields.code_verifier)) return undefined

  const facts = row.facts as SignInFacts // written by createAuthorizationCode only
  const user = await readUser(work.tx, work.environment, row.user_id)
  const outcome = await completeSignIn(
    work,
    secrets,
    user,
    {
      ...facts,
      ipAddress: origin.ipAddress ?? facts.ipAddress,
      userAgent: origin.userAgent ?? facts.userAgent,
    },
    fields.invitation_token,
  )
  await work.tx
    .with('told', (db) =>
      db
        .updateTable('hosted_logins')
        .set({ exchanged_at: work.now })
        .where('environment_id', '=', work.environment)
        // And the one before it, which had no application to tell.
        .where(
          sql<boolean>`id in (${row.hosted_login_id}, (select l.state ->> 'continues' from hosted_logins l
            where l.environment_id = ${work.environment} and l.id = ${row.hosted_login_id}))`,
        )
        .where('exchanged_at', 'is', null),
    )
    .updateTable('authorization_codes')
    .set({ redeemed_at: work.now, session_id: outcome.kind === 'signed_in' ? outcome.session.id : null })
    .where('hash', '=', hash)
    .execute()
  return outcome
}

/** A challenge demands its verifier, a verifier demands its challenge: otherwise PKCE could be stripped or faked. */
function fitsChallenge(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null || !verifier) return challenge === null && !verifier
  const [expected, shown] = [
    Buffer.from(challenge),
    Buffer.from(createHash('sha256').update(verifier).digest('base64url')),
  ]
  return expected.length === shown.length && timingSafeEqual(expected, shown)
}
