import { groupUrn } from '#protocols/scim/group-schema.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { userUrn } from '#protocols/scim/user-schema.ts'
import type { Dialect, Subject } from '../dialect.ts'
import { equal, pathOf, patchBody, resourcePath } from '../wire.ts'
import { displayNameOf, type Employee } from '../workforce.ts'

const pageSize = 100

/** Driven by employment: people come with a contract and are deleted with it. Patient with nobody, so it repeats itself. */
export const rippling: Dialect = {
  title: 'Rippling',
  description:
    'Reads the service provider configuration and all people first; updates with a PATCH of nested values; sends a create again when it took too long.',
  headers: { accept: 'application/scim+json', 'content-type': 'application/scim+json' },
  probes: [
    { path: '/ServiceProviderConfig', wants: 'service provider configuration' },
    { path: pathOf('/Users', { startIndex: 1, count: pageSize }), wants: 'list' },
  ],
  rehearses: false,
  pageSize,
  users: {
    attributes: [
      ...(['userName', 'externalId', 'givenName', 'familyName', 'displayName'] as const),
      ...(['email', 'title', 'active'] as const),
    ],
    externalId: ({ id }) => id,
    find: ({ userName }) => [pathOf('/Users', { filter: equal('userName', userName), startIndex: 1, count: pageSize })],
    create: (employee) => ({ schemas: [userUrn], ...describe(employee), active: true }),
    readsFirst: false,
    change: ({ employee, id, active }) => [
      {
        method: 'PATCH',
        path: resourcePath('/Users', id),
        body: patchBody({ op: 'replace', value: { ...describe(employee), active } }),
      },
    ],
    activate: (subject) => [activation(subject)],
    leavers: 'deactivated',
    deletes: true,
    clears: true,
    repeatsCreate: true,
  },
  groups: {
    find: (name) => pathOf('/Groups', { filter: equal('displayName', name), startIndex: 1, count: pageSize }),
    create: ({ name, members }) => ({
      schemas: [groupUrn],
      displayName: name,
      members: members.map(({ id, userName }) => ({ value: id, display: userName })),
    }),
    createsWithMembers: true,
    mapsExternalId: false,
    rename: ({ id, name }) => [
      {
        method: 'PATCH',
        path: resourcePath('/Groups', id),
        body: patchBody({ op: 'replace', value: { displayName: name } }),
      },
    ],
    move: ({ id }, added, removed) => [
      ...removed.map((member) => patchGroup(id, { op: 'remove', path: `members[${equal('value', member.id)}]` })),
      ...(added.length > 0
        ? [patchGroup(id, { op: 'add', value: { members: added.map((member) => ({ value: member.id })) } })]
        : []),
    ],
  },
}

function describe(employee: Employee): JsonObject {
  const { id, userName, givenName, familyName, email, title } = employee
  return {
    userName,
    externalId: id,
    name: { givenName, familyName },
    displayName: displayNameOf(employee),
    emails: [{ value: email, type: 'work', primary: true }],
    title: title ?? null,
  }
}

function activation({ id, active }: Subject) {
  return {
    method: 'PATCH',
    path: resourcePath('/Users', id),
    body: patchBody({ op: 'replace', path: 'active', value: active }),
  } as const
}

function patchGroup(id: string, operation: JsonObject) {
  return { method: 'PATCH', path: resourcePath('/Groups', id), body: patchBody(operation) } as const
}
