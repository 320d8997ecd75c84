import { groupUrn } from '#protocols/scim/group-schema.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { enterpriseUserUrn, userUrn } from '#protocols/scim/user-schema.ts'
import type { Dialect, Subject } from '../dialect.ts'
import { equal, pathOf, patchBody, resourcePath } from '../wire.ts'
import { displayNameOf, type Employee } from '../workforce.ts'

/** With its removal action set to Delete: whoever leaves is deleted, and comes back as somebody new. */
export const ping: Dialect = {
  title: 'PingFederate',
  description: 'Deletes people who leave instead of deactivating them; updates with PUT; members by PATCH.',
  headers: { accept: 'application/scim+json', 'content-type': 'application/scim+json' },
  probes: [{ path: pathOf('/Users', { filter: equal('userName', 'pf-connection-test') }), wants: 'empty list' }],
  rehearses: false,
  pageSize: 100,
  users: {
    attributes: [
      ...(['userName', 'externalId', 'givenName', 'familyName', 'formattedName', 'displayName'] as const),
      ...(['email', 'title', 'department', 'phone', 'active'] as const),
    ],
    externalId: ({ id }) => id,
    find: ({ userName }) => [pathOf('/Users', { filter: equal('userName', userName) })],
    create: (employee) => describe(employee, true),
    readsFirst: false,
    change: (subject) => [put(subject)],
    activate: (subject) => [put(subject)],
    leavers: 'deleted',
    deletes: true,
    clears: true,
    repeatsCreate: false,
  },
  groups: {
    find: (name) => pathOf('/Groups', { filter: equal('displayName', name) }),
    create: ({ name }) => ({ schemas: [groupUrn], displayName: name }),
    createsWithMembers: false,
    mapsExternalId: false,
    rename: ({ id, name }) => [
      {
        method: 'PATCH',
        path: resourcePath('/Groups', id),
        body: patchBody({ op: 'replace', path: 'displayName', value: name }),
      },
    ],
    move: ({ id }, added, removed) => [
      {
        method: 'PATCH',
        path: resourcePath('/Groups', id),
        body: patchBody(
          ...removed.map((member) => ({ op: 'remove', path: `members[${equal('value', member.id)}]` })),
          ...(added.length > 0
            ? [{ op: 'add', path: 'members', value: added.map((member) => ({ value: member.id })) }]
            : []),
        ),
      },
    ],
  },
}

function put({ employee, active, id }: Subject) {
  return { method: 'PUT', path: resourcePath('/Users', id), body: { ...describe(employee, active), id } } as const
}

function describe(employee: Employee, active: boolean): JsonObject {
  const { id, userName, givenName, familyName, email, title, department, phone } = employee
  return {
    schemas: [userUrn, enterpriseUserUrn],
    userName,
    externalId: id,
    name: { formatted: displayNameOf(employee), givenName, familyName },
    displayName: displayNameOf(employee),
    emails: [{ value: email, type: 'work', primary: true }],
    ...(phone !== undefined && { phoneNumbers: [{ value: phone, type: 'work' }] }),
    ...(title !== undefined && { title }),
    ...(department !== undefined && { [enterpriseUserUrn]: { department } }),
    active,
  }
}
