import { change, type Work } from '#db/work.ts'
import { hashSecret } from '../../environments/api-keys.ts'
import { OAuthError } from '../../errors.ts'
import { readUser } from '../../users/read.ts'
import { completeSignIn, type SignInOutcome } from '../complete.ts'
import type { SignInFacts } from '../facts.ts'
import { type Grant, type GrantDeps, type GrantRequest, requireFields } from './grant.ts'

/** RFC 8628 §3.5: what is added to the interval of a device that asks too often. */
const slowDownSeconds = 5

const refusals = {
  authorization_pending: 'The person has not answered yet.',
  slow_down: 'Ask less often.',
  expired_token: 'The device code has expired. Begin again.',
  access_denied: 'The person has refused.',
  invalid_grant: 'The device code is invalid.',
} as const

/** RFC 8628 §3.4: the device asks whether somebody has agreed by now. */
export const deviceCode: Grant = async (deps, request) => {
  const code = requireFields(request.fields, 'device_code').device_code
  // That it asked is remembered whatever it is told.
  const result = await change(deps, { environment: request.client.environment }, (work) =>
    poll(work, deps, request, hashSecret(code)),
  )
  if (typeof result === 'string') throw new OAuthError(result, refusals[result])
  return result
}

async function poll(
  work: Work,
  { secrets }: GrantDeps,
  { origin }: GrantRequest,
  hash: Buffer,
): Promise<SignInOutcome | keyof typeof refusals> {
  const row = await work.tx
    .selectFrom('device_authorizations')
    .selectAll()
    .where('hash', '=', hash)
    .where('environment_id', '=', work.environment)
    .forUpdate()
    .executeTakeFirst()
  if (!row || row.state === 'used') return 'invalid_grant'
  if (row.expires_at <= work.now) return 'expired_token'
  if (row.state === 'denied') return 'access_denied'
  const save = (change: { state?: 'used'; polled_at: Date; interval_seconds?: number }) =>
    work.tx.updateTable('device_authorizations').set(change).where('hash', '=', hash).execute()
  const tooSoon = row.polled_at !== null && row.polled_at.getTime() + row.interval_seconds * 1000 > work.now.getTime()
  if (tooSoon) {
    await save({ polled_at: work.now, interval_seconds: row.interval_seconds + slowDownSeconds })
    return 'slow_down'
  }
  if (row.state === 'pending' || row.user_id === null) {
    await save({ polled_at: work.now })
    return 'authorization_pending'
  }
  await save({ state: 'used', polled_at: work.now })
  const facts = row.facts as SignInFacts // written by answerDevice only
  const user = await readUser(work.tx, work.environment, row.user_id)
  // The session is the device's, wherever the person answered.
  return completeSignIn(work, secrets, user, { ...facts, ...origin })
}
