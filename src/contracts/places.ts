import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const nullableString = Type.Union([Type.String(), Type.Null()])

export const placeKinds = ['session', 'scim_request', 'audit_entry'] as const

export const Place = Type.Object({
  object: Type.Literal('place'),
  id: Type.String(),
  kind: Type.Enum([...placeKinds]),
  /** Null for what is about the whole installation. */
  environment_id: nullableString,
  /** Whose page shows it: the user of a session, the directory of a request, what an entry is about. */
  about: nullableString,
  /** What it is known by: an address, a method and path, an operation. */
  title: Type.String(),
})
export type Place = Static<typeof Place>

export const findPlaces = endpoint({
  operationId: 'findPlaces',
  method: 'GET',
  path: '/places',
  summary: 'Where an id is shown that has no page of its own, in whichever environment it is; nothing if nowhere',
  tag: 'dashboard',
  access: 'installation',
  query: Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }),
  success: { status: 200, body: Type.Object({ object: Type.Literal('list'), data: Type.Array(Place) }) },
})
