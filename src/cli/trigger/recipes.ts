import { eventNames } from '#contracts/event-names.ts'
import type { EventName } from '#contracts/events.ts'
import { nearest } from '#domain/nearest.ts'
import { exitCodes, Failure } from '../failure.ts'
import { connectionRecipes } from './connections.ts'
import { directoryRecipes } from './directories.ts'
import { organizationRecipes } from './organizations.ts'
import { peopleRecipes } from './people.ts'
import type { Recipe } from './recipe.ts'

const recipes = { ...connectionRecipes, ...directoryRecipes, ...organizationRecipes, ...peopleRecipes } as const

export type Triggerable = keyof typeof recipes

export const triggerable = Object.keys(recipes).toSorted() as Triggerable[]

const passkey = 'it takes an authenticator and a browser. Sign in at the login box instead.'
const provider = 'it takes a social provider and a browser. Sign in through the test identity provider instead.'

/** What no call can make happen, each with the way that is left. */
export const unreachable: Readonly<Record<Exclude<EventName, Triggerable>, string>> = {
  'authentication.oauth_failed': provider,
  'authentication.oauth_succeeded': provider,
  'authentication.passkey_failed': passkey,
  'authentication.passkey_succeeded': passkey,
  'authentication.sso_timed_out':
    'it takes ten minutes of nobody coming back. Trigger authentication.sso_started and wait.',
  'organization_domain.updated': 'a domain changes by being verified only. Trigger organization_domain.verified.',
  'webhook_endpoint.disabled': 'it takes three days of failures. Send a test event to the endpoint instead.',
}

export const recipeOf = (name: Triggerable): Recipe => recipes[name]

/** @throws Failure for a name that cannot be triggered, saying why, or which is nearest. */
export function readTriggerable(name: string): Triggerable {
  if (isTriggerable(name)) return name
  const reason = Object.hasOwn(unreachable, name) ? unreachable[name as keyof typeof unreachable] : undefined
  if (reason !== undefined) throw new Failure(exitCodes.userError, `${name} cannot be triggered: ${reason}`)
  const suggestion = `Did you mean "${nearest(name, triggerable)}"? See gatehouse trigger --list.`
  const known: readonly string[] = eventNames
  const problem = known.includes(name) ? 'never happens on this server' : 'is no event'
  throw new Failure(exitCodes.userError, `"${name}" ${problem}. ${suggestion}`)
}

function isTriggerable(name: string): name is Triggerable {
  return Object.hasOwn(recipes, name)
}
