import { randomBytes, randomInt } from 'node:crypto'
import type { DeviceAuthorization } from '#contracts/device-authorization.ts'
import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { violatedConstraint } from '../errors.ts'
import type { SignInFacts } from './facts.ts'

const lifetimeSeconds = 5 * 60
const intervalSeconds = 5
/** RFC 8628 §6.1: no vowels, so that no words come out, and nothing that looks like something else. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const userCodeLength = 8

/** Where the hosted pages ask for a user code. */
export const devicePath = '/authkit/device'

/** RFC 8628 §3.2: a device that cannot show a browser begins to sign somebody in. */
export async function startDevice(work: Work, clientId: string, baseUrl: string): Promise<DeviceAuthorization> {
  const deviceCode = randomBytes(32).toString('base64url')
  const userCode = Array.from({ length: userCodeLength }, () => letters[randomInt(letters.length)]).join('')
  await work.tx
    .insertInto('device_authorizations')
    .values({
      hash: hashSecret(deviceCode),
      environment_id: work.environment,
      user_code: userCode,
      state: 'pending',
      interval_seconds: intervalSeconds,
      expires_at: new Date(work.now.getTime() + lifetimeSeconds * 1000),
      created_at: work.now,
    })
    .execute()
    .catch((error: unknown) => {
      // One in many millions; the device asks again.
      if (violatedConstraint(error)) throw new Error('a user code came up twice', { cause: error })
      throw error
    })
  const shown = showUserCode(userCode)
  const page = new URL(baseUrl + devicePath)
  page.searchParams.set('client_id', clientId)
  const complete = new URL(page)
  complete.searchParams.set('user_code', shown)
  return {
    device_code: deviceCode,
    user_code: shown,
    verification_uri: page.href,
    verification_uri_complete: complete.href,
    expires_in: lifetimeSeconds,
    interval: intervalSeconds,
  }
}

/** The code as it is stored, however it was typed. */
export function readUserCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '')
  return code.length === userCodeLength ? code : undefined
}

/** As the device shows it. */
export function showUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

export async function isDeviceWaiting(work: Work, userCode: string): Promise<boolean> {
  const row = await work.tx
    .selectFrom('device_authorizations')
    .select('user_code')
    .where('environment_id', '=', work.environment)
    .where('user_code', '=', userCode)
    .where('state', '=', 'pending')
    .where('expires_at', '>', work.now)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * What the person said on the hosted page: that the device may sign in as them, or that it may not. The sign-in itself,
 * with the rules that hold then, happens when the device comes for it.
 * @returns false for a code that nobody is waiting for any more.
 */
export async function answerDevice(
  work: Work,
  userCode: string,
  answer: { readonly user: UserId; readonly facts: SignInFacts } | 'denied',
): Promise<boolean> {
  const { numUpdatedRows } = await work.tx
    .updateTable('device_authorizations')
    .set(
      answer === 'denied'
        ? { state: 'denied' }
        : { state: 'approved', user_id: answer.user, facts: JSON.stringify(answer.facts) },
    )
    .where('environment_id', '=', work.environment)
    .where('user_code', '=', readUserCode(userCode) ?? '')
    .where('state', '=', 'pending')
    .where('expires_at', '>', work.now)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
