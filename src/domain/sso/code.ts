import { createHash, randomBytes } from 'node:crypto'
import type { FieldError } from '#contracts/errors.ts'
import type { ApiKeyId, EnvironmentId, ProfileId } from '#contracts/ids.ts'
import type { TokenRequest, TokenResponse } from '#contracts/sso.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { Invalid, OAuthError } from '../errors.ts'
import { takeTokens } from '../oauth/tokens.ts'
import { readProfileText } from './profile.ts'

export const codeLifetimeMs = 10 * 60_000
const accessTokenLifetimeSeconds = 600

type Redeemed = {
  readonly outcome: 'ok' | 'invalid_client' | 'unauthorized_client' | 'invalid_grant'
  readonly profile_id: ProfileId
  readonly profile: string
  readonly environment_id: EnvironmentId
  readonly api_key_id: ApiKeyId | null
}

const redeem = prepared<[string, Buffer | null, Buffer, string | null, string | null, Buffer, Date, Date], Redeemed>(
  'sso-redeem',
  'select * from redeem_sso_code($1, $2, $3, $4, $5, $6, $7, $8)',
)

export interface Exchange {
  readonly response: TokenResponse
  /** The key that stood for the client, when it was not a public client. */
  readonly keyUse: { readonly environment: EnvironmentId; readonly id: ApiKeyId } | undefined
}

/**
 * RFC 6749 §4.1.3: a code for an access token and the profile; one round trip. The client is known by its API key, or,
 * for public clients, by the PKCE verifier (RFC 7636) alone.
 * @throws OAuthError, or Invalid when fields are missing.
 */
export async function exchangeCode(
  { db, secrets }: { readonly db: Database; readonly secrets: Secrets },
  request: TokenRequest,
  now: Date,
): Promise<Exchange> {
  const { client_id: clientId, client_secret: secret, code, code_verifier: verifier } = request
  if (request.grant_type !== undefined && request.grant_type !== 'authorization_code')
    throw new OAuthError(
      'unsupported_grant_type',
      `The grant_type '${request.grant_type.slice(0, 100)}' is not supported here; use authorization_code.`,
    )
  const missing = ['client_id', 'grant_type', 'code'].filter((field) => !request[field as keyof TokenRequest])
  if (missing.length > 0 || !clientId || !code) throw new Invalid(missing.map(required))

  const accessToken = randomBytes(24).toString('base64url')
  const [row] = await redeem(
    db.pool,
    clientId,
    secret === undefined ? null : hashSecret(secret),
    hashSecret(code),
    verifier === undefined ? null : createHash('sha256').update(verifier).digest('base64url'),
    request.redirect_uri ?? null,
    hashSecret(accessToken),
    new Date(now.getTime() + accessTokenLifetimeSeconds * 1000),
    now,
  )
  if (!row) throw new Error('redeem_sso_code returned no row')
  switch (row.outcome) {
    case 'ok': {
      const profile = readProfileText(row.profile_id, row.profile)
      // Connections of organizations never hand on tokens.
      const tokens = profile.organization_id === null ? await takeTokens({ db, secrets }, code) : undefined
      return {
        response: {
          token_type: 'Bearer',
          access_token: accessToken,
          expires_in: accessTokenLifetimeSeconds,
          profile,
          ...(tokens && { oauth_tokens: tokens }),
        },
        keyUse: row.api_key_id === null ? undefined : { environment: row.environment_id, id: row.api_key_id },
      }
    }
    case 'invalid_client':
      throw new OAuthError('invalid_client', 'Invalid client ID or secret.')
    case 'unauthorized_client':
      throw new OAuthError('unauthorized_client', 'The API key belongs to another environment than the client.')
    case 'invalid_grant':
      throw new OAuthError('invalid_grant', `The code '${code.slice(0, 100)}' has expired or is invalid.`)
    default:
      return row.outcome satisfies never
  }
}

function required(field: string): FieldError {
  return { field, code: `${field} is required` }
}
