import type { AuthenticationMethod } from '#contracts/authentication.ts'
import type { AuthenticationMethods } from '#contracts/authentication-settings.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { OAuthProviderName } from '#contracts/oauth-providers.ts'
import type { Database } from '#db/database.ts'
import { allows } from '../authentication/conclude.ts'
import { presets } from '../oauth/presets.ts'

/** The others sign in by `/sso/authorize` alone: sessions have no name for them. */
const methodsOfUsers = [
  'GoogleOAuth',
  'MicrosoftOAuth',
  'GitHubOAuth',
  'AppleOAuth',
] as const satisfies readonly (OAuthProviderName & AuthenticationMethod)[]

export interface SocialProvider {
  readonly name: OAuthProviderName
  /** As people know it: `Google`. */
  readonly title: string
}

/** Providers that are set up, switched on, and a way to sign in that is not switched off. */
export async function offeredProviders(
  { kysely }: Database,
  environment: EnvironmentId,
  methods: AuthenticationMethods,
): Promise<readonly SocialProvider[]> {
  const rows = await kysely
    .selectFrom('oauth_providers')
    .select('provider')
    .where('environment_id', '=', environment)
    .where('enabled', '=', true)
    .execute()
  return methodsOfUsers
    .filter((name) => allows(methods, name) && rows.some(({ provider }) => provider === name))
    .map((name) => ({ name, title: presets[name].title }))
}
