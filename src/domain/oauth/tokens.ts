import type { OAuthTokens as SharedTokens } from '#contracts/oauth-providers.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import type { OAuthTokens } from '#protocols/oidc/sign-in.ts'
import { hashSecret } from '../environments/api-keys.ts'
import type { Upstream } from './upstream.ts'

interface TokenDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly secrets: Secrets
}

const keep = prepared('oauth-keep-tokens', 'update sso_codes set oauth_tokens = $2 where hash = $1')

const take = prepared<[Buffer], { oauth_tokens: string }>(
  'oauth-take-tokens',
  `update sso_codes c set oauth_tokens = null from sso_codes old
   where c.hash = $1 and old.hash = c.hash and c.redeemed_at is not null and old.oauth_tokens is not null
   returning old.oauth_tokens`,
)

/** As applications are given them. */
export function shareTokens(upstream: Upstream, tokens: OAuthTokens, now: Date): SharedTokens {
  return {
    provider: upstream.name,
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken ?? '',
    expires_at: tokens.expiresIn === null ? 0 : Math.floor(now.getTime() / 1000 + tokens.expiresIn),
    scopes: [...(tokens.scopes ?? upstream.scopes)],
  }
}

/** Keeps the provider's tokens, sealed, until the code is redeemed. */
export async function keepTokens(
  { db, clock, secrets }: TokenDeps,
  code: string,
  upstream: Upstream,
  tokens: OAuthTokens,
): Promise<void> {
  const hash = hashSecret(code)
  await keep(db.pool, hash, secrets.seal(JSON.stringify(shareTokens(upstream, tokens, clock())), context(hash)))
}

/** The tokens that go with a code that was just redeemed: once, and never again. */
export async function takeTokens(
  { db, secrets }: Omit<TokenDeps, 'clock'>,
  code: string,
): Promise<SharedTokens | undefined> {
  const hash = hashSecret(code)
  const [row] = await take(db.pool, hash)
  return row && (JSON.parse(secrets.open(row.oauth_tokens, context(hash))) as SharedTokens) // keepTokens wrote it
}

function context(hash: Buffer): string {
  return `sso_codes.oauth_tokens:${hash.toString('hex')}`
}
