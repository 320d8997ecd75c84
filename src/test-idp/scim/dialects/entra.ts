import { groupUrn } from '#protocols/scim/group-schema.ts'
import type { Json, JsonObject } from '#protocols/scim/json.ts'
import { enterpriseUserUrn, userUrn } from '#protocols/scim/user-schema.ts'
import { guidFor } from '../../kinds.ts'
import type { Dialect, GroupDialect, Member, PeopleDialect, Subject } from '../dialect.ts'
import { type AttributeName, factsOf, readFacts } from '../facts.ts'
import { equal, pathOf, patchBody, resourcePath } from '../wire.ts'
import { displayNameOf, type Employee } from '../workforce.ts'

/** Older than the standard's own, and sent with it to this day. */
const microsoftGroupUrn = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'

const workEmail = 'emails[type eq "work"].value'

/** The default attribute mappings, as paths of PATCH operations. */
const paths: Readonly<Partial<Record<AttributeName, string>>> = {
  userName: 'userName',
  externalId: 'externalId',
  givenName: 'name.givenName',
  familyName: 'name.familyName',
  formattedName: 'name.formatted',
  displayName: 'displayName',
  email: workEmail,
  title: 'title',
  department: `${enterpriseUserUrn}:department`,
  phone: 'phoneNumbers[type eq "work"].value',
  manager: `${enterpriseUserUrn}:manager`,
  active: 'active',
}

interface Change {
  /** Whether the server already has a value. */
  readonly isNew: boolean
  readonly path: string
  readonly value: string | boolean
}

const people = {
  attributes: [
    ...(['userName', 'externalId', 'givenName', 'familyName', 'formattedName', 'displayName'] as const),
    ...(['email', 'title', 'department', 'phone', 'manager', 'active'] as const),
  ],
  externalId: ({ id }: Employee) => guidFor(id),
  // The matching attributes in their order of precedence, as an administrator would set them up.
  find: ({ userName, email }: Employee) => [
    pathOf('/Users', { filter: equal('userName', userName) }, '+'),
    pathOf('/Users', { filter: equal(workEmail, email) }, '+'),
  ],
  create: (employee: Employee): JsonObject => {
    const { userName, givenName, familyName, email, title, department, phone } = employee
    return {
      schemas: [userUrn, enterpriseUserUrn],
      externalId: guidFor(employee.id),
      userName,
      active: true,
      displayName: displayNameOf(employee),
      emails: [{ primary: true, type: 'work', value: email }],
      meta: { resourceType: 'User' },
      name: { formatted: displayNameOf(employee), familyName, givenName },
      ...(title !== undefined && { title }),
      ...(phone !== undefined && { phoneNumbers: [{ type: 'work', value: phone }] }),
      ...(department !== undefined && { [enterpriseUserUrn]: { department } }),
      roles: [],
    }
  },
  readsFirst: true,
  leavers: 'deactivated',
  // Thirty days after the person was deleted there.
  deletes: true,
  // What has no value is not sent, so nothing is taken away.
  clears: false,
  repeatsCreate: false,
} satisfies Partial<PeopleDialect>

const groups = {
  find: (name: string) => pathOf('/Groups', { excludedAttributes: 'members', filter: equal('displayName', name) }, '+'),
  create: ({ name, externalId }: { readonly name: string; readonly externalId: string }): JsonObject => ({
    schemas: [groupUrn, microsoftGroupUrn],
    externalId,
    displayName: name,
    meta: { resourceType: 'Group' },
  }),
  createsWithMembers: false,
  mapsExternalId: true,
  readFirst: (id: string) => pathOf(resourcePath('/Groups', id), { excludedAttributes: 'members' }),
  ask: (id: string, member: string) =>
    pathOf(
      '/Groups',
      { excludedAttributes: 'members', filter: `${equal('id', id)} and ${equal('members', member)}` },
      '+',
    ),
} satisfies Partial<GroupDialect>

const shared = {
  headers: { accept: 'application/scim+json', 'content-type': 'application/scim+json; charset=utf-8' },
  // It asks for somebody who cannot exist.
  probes: [
    {
      path: pathOf('/Users', { filter: equal('userName', guidFor('nobody')) }, '+'),
      wants: 'empty list',
    },
    {
      path: pathOf('/Groups', { excludedAttributes: 'members', filter: equal('displayName', guidFor('none')) }, '+'),
      wants: 'empty list',
    },
  ],
  rehearses: false,
  pageSize: 100,
} satisfies Partial<Dialect>

/** Without the flag: capital operations, booleans as text, members removed by a value. */
export const entra: Dialect = {
  ...shared,
  title: 'Microsoft Entra ID',
  description:
    'As it behaves unless told otherwise: “Add” and “Replace”, active as the text “False”, members removed by a value array; groups read without members.',
  users: {
    ...people,
    change: (subject, changed) =>
      patchOf(
        subject,
        changesOf(subject, changed).map(({ isNew, path, value }) => ({
          op: isNew ? 'Add' : 'Replace',
          path,
          value: typeof value === 'boolean' ? textOf(value) : value,
        })),
      ),
    activate: (subject) => patchOf(subject, [{ op: 'Replace', path: 'active', value: textOf(subject.active) }]),
  },
  groups: {
    ...groups,
    rename: ({ id, name }) => [groupPatch(id, { op: 'Replace', path: 'displayName', value: name })],
    move: ({ id }, added, removed) => [
      ...(removed.length > 0 ? [groupPatch(id, { op: 'Remove', path: 'members', value: removed.map(refer) })] : []),
      ...(added.length > 0 ? [groupPatch(id, { op: 'Add', path: 'members', value: added.map(refer) })] : []),
    ],
  },
}

/** With `aadOptscim062020` in the tenant URL. */
export const entraCompliant: Dialect = {
  ...shared,
  title: 'Microsoft Entra ID, aadOptscim062020',
  description:
    'With the flag for SCIM compliance in the tenant URL: lower-case operations, several attributes in one value without a path, members removed by filter.',
  users: {
    ...people,
    change: (subject, changed) => patchOf(subject, compliantOperations(changesOf(subject, changed))),
    activate: (subject) => patchOf(subject, [{ op: 'replace', path: 'active', value: subject.active }]),
  },
  groups: {
    ...groups,
    rename: ({ id, name }) => [groupPatch(id, { op: 'replace', path: 'displayName', value: name })],
    move: ({ id }, added, removed) => [
      ...(removed.length > 0
        ? [
            groupPatch(
              id,
              ...removed.map((member) => ({ op: 'remove', path: `members[${equal('value', member.id)}]` })),
            ),
          ]
        : []),
      ...(added.length > 0 ? [groupPatch(id, { op: 'add', path: 'members', value: added.map(refer) })] : []),
    ],
  },
}

function changesOf({ employee, active, idOf, current }: Subject, changed: readonly AttributeName[]): Change[] {
  const attributes = people.attributes.filter((name) => changed.includes(name))
  const wanted = factsOf({ ...people, attributes }, employee, active, idOf)
  const found = readFacts(attributes, current)
  return attributes.flatMap((name) => {
    const [path, value] = [paths[name], wanted[name]]
    if (path === undefined || value === undefined || value === found[name]) return []
    return [{ isNew: found[name] === undefined, path, value }]
  })
}

/** What a filter selects has an operation of its own; everything else is replaced at once, each key being a path. */
function compliantOperations(changes: readonly Change[]): JsonObject[] {
  const [filtered, plain] = [changes.filter(isFiltered), changes.filter((change) => !isFiltered(change))]
  const operations = filtered.map(({ isNew, path, value }) => ({ op: isNew ? 'add' : 'replace', path, value }))
  const [only] = plain
  if (!only) return operations
  if (plain.length === 1)
    return [...operations, { op: only.isNew ? 'add' : 'replace', path: only.path, value: only.value }]
  const value: Record<string, Json> = Object.fromEntries(plain.map((change) => [change.path, change.value]))
  return [...operations, { op: 'replace', value }]
}

function isFiltered({ path }: Change): boolean {
  return path.includes('[')
}

/** Nothing is sent when nothing is to be changed. */
function patchOf({ id }: Subject, operations: readonly JsonObject[]) {
  if (operations.length === 0) return []
  return [{ method: 'PATCH', path: resourcePath('/Users', id), body: patchBody(...operations) } as const]
}

function groupPatch(id: string, ...operations: readonly JsonObject[]) {
  return { method: 'PATCH', path: resourcePath('/Groups', id), body: patchBody(...operations) } as const
}

function textOf(value: boolean): string {
  return value ? 'True' : 'False'
}

function refer({ id }: Member): JsonObject {
  return { $ref: null, value: id }
}
