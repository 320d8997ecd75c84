import type { LogoutUriId, RedirectUriId } from '#contracts/ids.ts'
import { hashSecret } from '../environments/api-keys.ts'
import type { PlanStep, SeedPlan, SeedState, StoredUri } from './plan.ts'
import type { Seed, SeedApiKey, SeedUri } from './seed-file.ts'

/** Keys, addresses, the homepage and the template of claims: things without parts. */
export function planRest(seed: Seed, state: SeedState): SeedPlan {
  const problems: string[] = []
  const steps = [
    ...seed.apiKeys.map((key) => planApiKey(key, state.apiKeys, problems)),
    ...seed.redirectUris.map((uri) => planUri('redirect', uri, state.redirectUris)),
    ...seed.logoutUris.map((uri) => planUri('logout', uri, state.logoutUris)),
    ...seed.corsOrigins.map(({ origin }) => planOrigin(origin, state.corsOrigins)),
    ...(seed.homepageUrl === undefined ? [] : [planHomepage(seed.homepageUrl, state.homepageUrl)]),
    ...(seed.jwtTemplate === undefined ? [] : [planJwtTemplate(seed.jwtTemplate, state.jwtTemplate)]),
  ]
  return { steps, problems }
}

/** A key with a value is that value; one without is any key of its name. */
function planApiKey(wanted: SeedApiKey, stored: SeedState['apiKeys'], problems: string[]): PlanStep {
  const { line, name, value } = wanted
  const hash = value === undefined ? undefined : hashSecret(value)
  const found = stored.find((key) => (hash ? key.hash.equals(hash) : key.name === name && key.usable))
  const what = `api key ${name}`
  if (found?.usable) return { mark: '=', what, details: [] }
  if (found) problems.push(`line ${line}: the API key "${name}" was revoked; the same value cannot be used again.`)
  return { mark: '+', what, details: [], action: { do: 'create api key', name, ...(value !== undefined && { value }) } }
}

function planUri(
  family: 'redirect' | 'logout',
  wanted: SeedUri,
  stored: readonly StoredUri<RedirectUriId | LogoutUriId>[],
): PlanStep {
  const what = `${family} uri ${wanted.uri}`
  const found = stored.find(({ uri }) => uri === wanted.uri)
  const isDefault = wanted.default ?? false
  if (!found)
    return { mark: '+', what, details: [], action: { do: 'create uri', family, uri: wanted.uri, default: isDefault } }
  if (!isDefault || found.isDefault) return { mark: '=', what, details: [] }
  const details = [{ mark: '~' as const, text: 'becomes the default' }]
  return { mark: '~', what, details, action: { do: 'make uri default', family, id: found.id } }
}

function planOrigin(origin: string, stored: readonly string[]): PlanStep {
  const what = `cors origin ${origin}`
  if (stored.includes(origin)) return { mark: '=', what, details: [] }
  return { mark: '+', what, details: [], action: { do: 'create origin', origin } }
}

function planHomepage(url: string, stored: string | null): PlanStep {
  const what = `homepage ${url}`
  if (url === stored) return { mark: '=', what, details: [] }
  const details = stored === null ? [] : [{ mark: '~' as const, text: `was ${stored}` }]
  return { mark: stored === null ? '+' : '~', what, details, action: { do: 'set homepage', url } }
}

function planJwtTemplate(content: string, stored: string | null): PlanStep {
  const what = 'jwt template'
  if (content === stored) return { mark: '=', what, details: [] }
  return { mark: stored === null ? '+' : '~', what, details: [], action: { do: 'set jwt template', content } }
}
