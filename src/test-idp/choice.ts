import { ok, refused, type Result } from '#protocols/result.ts'
import { defaultUser, guest, type Person, personFor } from './people.ts'
import type { FieldErrors } from './problem.ts'
import { findScenario, guestDomain, type Scenario, success } from './scenarios.ts'

/** Who is to be signed in, and what is to go wrong. */
export interface Choice {
  readonly person: Person
  readonly scenario: Scenario
  /** Show the response and wait for a click, even where scripts run. */
  readonly review: boolean
}

const maximumLengths: Readonly<Record<string, number>> = { email: 320, first_name: 200, last_name: 200, id: 200 }
const maximumGroups = 500
const maximumGroupLength = 200

/** Whether the fields choose anything, or the sign-in page is still to be shown. */
export function hasChoice(fields: URLSearchParams): boolean {
  return ['auto', 'user', 'email', 'scenario'].some((name) => fields.has(name))
}

/** Reads the sign-in forms and, under the same names, the query of a program that skips them. */
export function readChoice(fields: URLSearchParams): Result<Choice, FieldErrors> {
  const errors = new Map<string, string>()
  const slug = fields.get('scenario') ?? success.slug
  const scenario = findScenario(slug)
  if (!scenario) errors.set('scenario', `There is no scenario “${slug}”; /test-idp/scenarios lists them.`)
  const person = readPerson(fields, errors)
  if (!scenario || errors.size > 0) return refused(errors)
  return ok({ person: scenario === guestDomain ? guest : person, scenario, review: fields.has('review') })
}

function readPerson(fields: URLSearchParams, errors: Map<string, string>): Person {
  for (const [name, length] of Object.entries(maximumLengths))
    if ((fields.get(name)?.length ?? 0) > length) errors.set(name, `Use at most ${String(length)} characters.`)
  const named = fields.get('auto') ?? fields.get('user') ?? fields.get('email')
  const email = (named ?? defaultUser.email).trim()
  if (email === '')
    errors.set('email', 'Enter an email address. Any text will do: checking it is the service provider’s task.')
  const known = personFor(email)
  return {
    id: fields.get('id') || known.id,
    email,
    // What a form leaves empty is not sent at all; what a query does not mention comes from the sample user.
    firstName: fields.get('first_name') ?? known.firstName,
    lastName: fields.get('last_name') ?? known.lastName,
    groups: readGroups(fields.get('groups'), errors) ?? known.groups,
  }
}

function readGroups(text: string | null, errors: Map<string, string>): readonly string[] | undefined {
  if (text === null) return undefined
  const groups = text
    .split(/[,\n]/)
    .map((group) => group.trim())
    .filter((group) => group !== '')
  if (groups.length > maximumGroups || groups.some((group) => group.length > maximumGroupLength))
    errors.set(
      'groups',
      `Use at most ${String(maximumGroups)} groups of at most ${String(maximumGroupLength)} characters each.`,
    )
  return groups
}
