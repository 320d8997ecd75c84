import { groupUrn } from '#protocols/scim/group-schema.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { enterpriseUserUrn, userUrn } from '#protocols/scim/user-schema.ts'
import type { Dialect, Subject } from '../dialect.ts'
import { equal, pathOf, patchBody, resourcePath } from '../wire.ts'
import { displayNameOf, type Employee } from '../workforce.ts'

/** Tries everything with a person and a group of its own before it lets itself be switched on. */
export const jumpcloud: Dialect = {
  title: 'JumpCloud',
  description:
    'Rehearses with a test person and a test group first; updates and deactivates with PUT of the whole person; removes members by a value array.',
  headers: { accept: 'application/scim+json, application/json', 'content-type': 'application/scim+json' },
  probes: [{ path: pathOf('/Users', { startIndex: 1, count: 1 }), wants: 'list' }],
  rehearses: true,
  pageSize: 100,
  users: {
    attributes: [
      ...(['userName', 'externalId', 'givenName', 'familyName', 'displayName'] as const),
      ...(['email', 'title', 'department', 'active'] as const),
    ],
    externalId: ({ id }) => id,
    find: ({ userName }) => [pathOf('/Users', { filter: equal('userName', userName) })],
    create: (employee) => describe(employee, true),
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
    // "Empty groups are not created."
    create: ({ name, members }) => ({
      schemas: [groupUrn],
      displayName: name,
      members: members.map(({ id }) => ({ value: id })),
    }),
    createsWithMembers: true,
    mapsExternalId: false,
    rename: ({ id, name, members }) => [
      {
        method: 'PUT',
        path: resourcePath('/Groups', id),
        body: { schemas: [groupUrn], displayName: name, members: members.map((member) => ({ value: member.id })) },
      },
    ],
    move: ({ id }, added, removed) => [
      {
        method: 'PATCH',
        path: resourcePath('/Groups', id),
        body: patchBody(
          ...(removed.length > 0
            ? [{ op: 'remove', path: 'members', value: removed.map((member) => ({ value: member.id })) }]
            : []),
          ...(added.length > 0
            ? [{ op: 'add', path: 'members', value: added.map((member) => ({ value: member.id })) }]
            : []),
        ),
      },
    ],
  },
}

function put({ employee, active, id }: Subject) {
  return { method: 'PUT', path: resourcePath('/Users', id), body: describe(employee, active) } as const
}

/** Leaves out what somebody does not have, so that a PUT takes it away. */
function describe(employee: Employee, active: boolean): JsonObject {
  const { id, userName, givenName, familyName, email, title, department } = employee
  return {
    schemas: [userUrn, enterpriseUserUrn],
    userName,
    externalId: id,
    name: { givenName, familyName },
    displayName: displayNameOf(employee),
    emails: [{ value: email, type: 'work', primary: true }],
    ...(title !== undefined && { title }),
    ...(department !== undefined && { [enterpriseUserUrn]: { department } }),
    active,
  }
}
