import { randomBytes } from 'node:crypto'
import type { HostedLoginId, UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import type { SignInFacts } from './facts.ts'

const codeLifetimeMs = 10 * 60_000

export interface CodeRequest {
  readonly user: UserId
  /** Where the code goes; registered, and checked by whoever calls. */
  readonly redirectUri: string
  /** S256; null when the application has a secret and sent none. */
  readonly codeChallenge: string | null
  readonly facts: SignInFacts
  /** The sign-in at the login box that led to it, which is told when the code is exchanged. */
  readonly login?: HostedLoginId
}

/**
 * A code for `/user_management/authenticate`, good once and for ten minutes. What it buys is decided when it is redeemed:
 * the rules that hold then are asked again.
 */
export async function createAuthorizationCode(work: Work, request: CodeRequest): Promise<string> {
  const code = randomBytes(24).toString('base64url')
  await work.tx
    .insertInto('authorization_codes')
    .values({
      hash: hashSecret(code),
      environment_id: work.environment,
      user_id: request.user,
      redirect_uri: request.redirectUri,
      code_challenge: request.codeChallenge,
      facts: JSON.stringify(request.facts),
      hosted_login_id: request.login ?? null,
      expires_at: new Date(work.now.getTime() + codeLifetimeMs),
      created_at: work.now,
    })
    .execute()
  return code
}
