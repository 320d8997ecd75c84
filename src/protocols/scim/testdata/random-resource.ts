import type { Json, JsonObject } from '../json.ts'
import { enterpriseUserUrn, userUrn } from '../user-schema.ts'
import { texts, undeclaredUrn } from './random-filter.ts'
import type { Random } from './random.ts'

const times = ['2026-01-01T00:00:00.000Z', '2026-06-01T12:30:00.250Z', '2027-01-01T00:00:00.000Z'] as const

/** A user as one is stored: nothing that is unassigned, types as declared, anything at all where nothing is. */
export function randomUser(random: Random, id: string): JsonObject {
  const maybe = (make: () => Json): Json | undefined => (random.chance(0.6) ? make() : undefined)
  const text = () => random.pick(texts)
  const element = (): Json =>
    compact({
      value: maybe(text),
      type: maybe(() => random.pick(['work', 'Work', 'home'])),
      display: maybe(text),
      primary: maybe(() => random.chance(0.5)),
      extra: maybe(text),
    })
  const elements = () => random.list(3, element)
  return compact({
    schemas: [userUrn, enterpriseUserUrn],
    id,
    userName: `${text()}${id}`,
    externalId: maybe(text),
    displayName: maybe(text),
    title: maybe(text),
    active: maybe(() => random.chance(0.5)),
    name: maybe(() => compact({ familyName: maybe(text), givenName: maybe(text) })),
    emails: maybe(elements),
    roles: maybe(elements),
    addresses: maybe(() => random.list(2, () => compact({ locality: maybe(text), type: maybe(text) }))),
    groups: maybe(() => random.list(2, () => ({ value: text(), display: text() }))),
    favourite: maybe(() =>
      random.pick<Json>([text(), random.below(3), true, false, [text(), 1, true], { deep: text() }, []]),
    ),
    Constructor: maybe(text),
    [enterpriseUserUrn]: maybe(() =>
      compact({ department: maybe(text), manager: maybe(() => compact({ value: maybe(text) })) }),
    ),
    [undeclaredUrn.toUpperCase()]: maybe(() =>
      compact({
        CostCode: maybe(() => random.pick<Json>([text(), [text(), text()], 7])),
        flag: maybe(() => random.chance(0.5)),
        parts: maybe(() =>
          random.list(2, () =>
            compact({ Label: maybe(text), count: maybe(() => random.pick<Json>([0, 1, 2.5, '1', text()])) }),
          ),
        ),
      }),
    ),
    meta: { resourceType: 'User', created: random.pick(times), lastModified: random.pick(times) },
  })
}

function compact(members: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
