import { groupUrn } from '#protocols/scim/group-schema.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { enterpriseUserUrn, userUrn } from '#protocols/scim/user-schema.ts'
import type { Dialect, Subject } from '../dialect.ts'
import type { IdOf } from '../facts.ts'
import { equal, pathOf, patchBody, resourcePath } from '../wire.ts'
import { displayNameOf, type Employee } from '../workforce.ts'

/** Fills a JSON template that an administrator edits: what somebody does not have becomes an empty text. */
export const onelogin: Dialect = {
  title: 'OneLogin',
  description:
    'Fills one JSON template for POST and PUT, with empty texts for what is missing; speaks plain application/json; members by PATCH.',
  headers: { accept: 'application/json', 'content-type': 'application/json' },
  probes: [{ path: pathOf('/Users', { startIndex: 1, count: 1 }), wants: 'list' }],
  rehearses: false,
  pageSize: 100,
  users: {
    attributes: [
      ...(['userName', 'externalId', 'givenName', 'familyName', 'displayName'] as const),
      ...(['email', 'title', 'department', 'phone', 'manager', 'active'] as const),
    ],
    externalId: ({ id }) => id,
    find: ({ userName }) => [pathOf('/Users', { filter: equal('userName', userName) })],
    create: (employee, idOf) => fill(employee, true, idOf),
    readsFirst: false,
    change: (subject) => [put(subject)],
    activate: (subject) => [put(subject)],
    leavers: 'deactivated',
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
    move: ({ id }, added, removed) => {
      const additions = added.map((member) => ({ op: 'add', path: 'members', value: [{ value: member.id }] }))
      const removals = removed.map((member) => ({ op: 'remove', path: `members[${equal('value', member.id)}]` }))
      // One request for each person: that is how it works through its queue.
      return [...removals, ...additions].map((operation) => ({
        method: 'PATCH',
        path: resourcePath('/Groups', id),
        body: patchBody(operation),
      }))
    },
  },
}

function put({ employee, active, id, idOf }: Subject) {
  return { method: 'PUT', path: resourcePath('/Users', id), body: fill(employee, active, idOf) } as const
}

function fill(employee: Employee, active: boolean, idOf: IdOf): JsonObject {
  const { id, userName, givenName, familyName, email, title, department, phone, managerId } = employee
  return {
    schemas: [userUrn, enterpriseUserUrn],
    userName,
    externalId: id,
    name: { givenName, familyName, formatted: '' },
    displayName: displayNameOf(employee),
    emails: [{ value: email, type: 'work', primary: true }],
    phoneNumbers: [{ value: phone ?? '', type: 'work' }],
    title: title ?? '',
    [enterpriseUserUrn]: {
      department: department ?? '',
      manager: { value: (managerId !== undefined && idOf(managerId)) || '', displayName: '' },
    },
    active,
  }
}
