import { groupUrn } from '#protocols/scim/group-schema.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { enterpriseUserUrn, userUrn } from '#protocols/scim/user-schema.ts'
import type { Dialect, GroupDialect, Member, PeopleDialect, Probe, RemoteTeam, Subject } from '../dialect.ts'
import { at } from '../facts.ts'
import { equal, pathOf, patchBody, resourcePath } from '../wire.ts'
import { displayNameOf, type Employee } from '../workforce.ts'

// The documented ones, in what a load balancer would log.
const headers = {
  accept: 'application/scim+json',
  'accept-charset': 'utf-8',
  'content-type': 'application/scim+json; charset=utf-8',
  'user-agent': 'Okta SCIM Client 1.0.0',
}

const pageSize = 100

const probes: readonly Probe[] = [
  { path: pathOf('/Users', { startIndex: 1, count: 2 }), wants: 'list' },
  { path: pathOf('/Groups', { startIndex: 1, count: pageSize }), wants: 'list' },
  {
    path: pathOf('/Users', { filter: equal('userName', 'nobody-7d3f@okta.invalid'), startIndex: 1, count: 100 }, '+'),
    wants: 'empty list',
  },
  { path: '/ServiceProviderConfig', wants: 'service provider configuration' },
]

const people = {
  attributes: [
    ...(['userName', 'externalId', 'givenName', 'familyName', 'displayName'] as const),
    ...(['email', 'title', 'department', 'active'] as const),
  ],
  externalId: ({ id }: Employee) => id,
  find: ({ userName }: Employee) => [
    pathOf('/Users', { filter: equal('userName', userName), startIndex: 1, count: pageSize }),
  ],
  create: (employee: Employee): JsonObject => ({
    ...profile(employee, {}),
    locale: 'en-US',
    groups: [],
    // It sends one even where single sign-on makes it useless.
    password: `Aa1-${employee.id}`,
    active: true,
  }),
  readsFirst: true,
  change: (subject: Subject) => [putWhole(subject)],
  leavers: 'deactivated',
  // "Okta doesn't perform DELETE operations on User objects."
  deletes: false,
  clears: true,
  repeatsCreate: false,
} satisfies Partial<PeopleDialect>

const groups = {
  find: (name: string) => pathOf('/Groups', { filter: equal('displayName', name), startIndex: 1, count: pageSize }),
  mapsExternalId: false,
} satisfies Partial<GroupDialect>

/** An app from the catalogue, or made of the SCIM template: PATCH for everything but a person's attributes. */
export const okta: Dialect = {
  title: 'Okta',
  description:
    'Looks people up by user name, updates with PUT of the whole person, deactivates with a PATCH without a path, never deletes; pushes groups by PATCH.',
  headers,
  probes,
  rehearses: false,
  pageSize,
  users: {
    ...people,
    activate: ({ id, active }) => [
      { method: 'PATCH', path: resourcePath('/Users', id), body: patchBody({ op: 'replace', value: { active } }) },
    ],
  },
  groups: {
    ...groups,
    create: ({ name }) => ({ schemas: [groupUrn], displayName: name, members: [] }),
    createsWithMembers: false,
    rename: (team) => [sayName(team)],
    // "The group name update operation is triggered each time there is a group membership update operation."
    move: (team, added, removed) => [sayName(team), moveMembers(team, added, removed)],
    pushNow: (team) => ({
      method: 'PATCH',
      path: resourcePath('/Groups', team.id),
      body: patchBody({ op: 'replace', path: 'members', value: team.members.map(show) }),
    }),
  },
}

/** An app made with the App Integration Wizard: PUT for everything. */
export const oktaCustom: Dialect = {
  ...okta,
  title: 'Okta, custom app',
  description:
    'An app made with Okta’s wizard: the same look-ups, and PUT of the whole person or group for everything.',
  users: { ...people, activate: (subject) => [putWhole(subject)] },
  groups: {
    ...groups,
    create: ({ name, members }) => ({ schemas: [groupUrn], displayName: name, members: members.map(show) }),
    createsWithMembers: true,
    readFirst: (id) => resourcePath('/Groups', id),
    rename: (team) => [putGroup(team)],
    move: (team) => [putGroup(team)],
    pushNow: putGroup,
  },
}

/** The person as the server showed it, with what Okta knows better. Read-only members go back as they came. */
function putWhole({ employee, active, id, current = {} }: Subject) {
  return {
    method: 'PUT',
    path: resourcePath('/Users', id),
    body: { ...current, ...profile(employee, current), active },
  } as const
}

function profile(employee: Employee, current: JsonObject): JsonObject {
  const { userName, givenName, familyName, email, title, department, id } = employee
  return {
    schemas: [userUrn, enterpriseUserUrn],
    userName,
    name: { ...objectAt(current, 'name'), givenName, familyName },
    emails: [{ primary: true, value: email, type: 'work' }],
    displayName: displayNameOf(employee),
    externalId: id,
    title: title ?? null,
    [enterpriseUserUrn]: { ...objectAt(current, enterpriseUserUrn), department: department ?? null },
  }
}

function objectAt(resource: JsonObject, name: string): JsonObject {
  const value = at(resource, name)
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {} // parts of a JsonObject are Json
}

/** Repeats the group's own id, which is no attempt to change it. */
function sayName({ id, name }: RemoteTeam) {
  return {
    method: 'PATCH',
    path: resourcePath('/Groups', id),
    body: patchBody({ op: 'replace', value: { id, displayName: name } }),
  } as const
}

function moveMembers({ id }: RemoteTeam, added: readonly Member[], removed: readonly Member[]) {
  const removals = removed.map((member) => ({ op: 'remove', path: `members[${equal('value', member.id)}]` }))
  const additions = added.length > 0 ? [{ op: 'add', path: 'members', value: added.map(show) }] : []
  return {
    method: 'PATCH',
    path: resourcePath('/Groups', id),
    body: patchBody(...removals, ...additions),
  } as const
}

function putGroup({ id, name, members }: RemoteTeam) {
  return {
    method: 'PUT',
    path: resourcePath('/Groups', id),
    body: { schemas: [groupUrn], id, displayName: name, members: members.map(show) },
  } as const
}

function show({ id, userName }: Member) {
  return { value: id, display: userName }
}
