import type { AuthenticationMethod } from '#contracts/authentication.ts'
import type { AuthenticationMethods } from '#contracts/authentication-settings.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { OAuthProviderName } from '#contracts/oauth-providers.ts'
import type { Database } from '#db/database.ts'
import { allows } from '../authentication/conclude.ts'
import { isKnown, presetOf } from '../oauth/presets.ts'

/** Other known providers sign in by `/sso/authorize` alone: sessions have no name for them. */
const methodsOfUsers = [
  'GoogleOAuth',
  'MicrosoftOAuth',
  'GitHubOAuth',
  'AppleOAuth',
] as const satisfies readonly (OAuthProviderName & AuthenticationMethod)[]

export interface SocialProvider {
  readonly name: string
  /** As people know it: `Google`. */
  readonly title: string
}

/** What sessions say of somebody who came by a provider; undefined where they have no word for it. */
export function methodOfProvider(name: string): AuthenticationMethod | undefined {
  return isKnown(name) ? methodsOfUsers.find((method) => method === name) : 'ExternalAuth'
}

/**
 * Providers that are set up, switched on, and a way to sign in that is not switched off: the known ones first, then the
 * environment's own by name.
 */
export async function offeredProviders(
  { kysely }: Database,
  environment: EnvironmentId,
  methods: AuthenticationMethods,
): Promise<readonly SocialProvider[]> {
  const rows = await kysely
    .selectFrom('oauth_providers')
    .select(['provider', 'title'])
    .where('environment_id', '=', environment)
    .where('enabled', '=', true)
    .orderBy('title')
    .orderBy('provider')
    .execute()
  const known = methodsOfUsers.filter((name) => rows.some(({ provider }) => provider === name))
  const own = rows.filter(({ provider }) => !isKnown(provider))
  return [
    ...known.map((name) => ({ name, title: presetOf(name).title })),
    ...own.map(({ provider, title }) => ({ name: provider, title: title ?? provider })),
  ].filter(({ name }) => {
    const method = methodOfProvider(name)
    return method !== undefined && allows(methods, method)
  })
}

/** What people know a provider as. */
export async function providerTitle({ kysely }: Database, environment: EnvironmentId, name: string): Promise<string> {
  if (isKnown(name)) return presetOf(name).title
  const row = await kysely
    .selectFrom('oauth_providers')
    .select('title')
    .where('environment_id', '=', environment)
    .where('provider', '=', name)
    .executeTakeFirst()
  return row?.title ?? name
}
