import { describe, expect, test } from 'vitest'
import { planGroupPatch } from './group-patch.ts'
import type { JsonObject } from './json.ts'
import { applyPatch } from './patch.ts'
import { parsePatchRequest } from './patch-request.ts'
import { completeResource, readResource } from './resource.ts'
import { groupType, type ResourceType, userType } from './schema.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const facts = {
  id: 'directory_user_01',
  created: new Date('2026-01-01T00:00:00Z'),
  lastModified: new Date('2026-01-01T00:00:00Z'),
  location: 'https://scim.example/Users/directory_user_01',
}

function readOrFail(body: unknown, type: ResourceType = userType): JsonObject {
  const read = readResource(body, type)
  if (!read.ok) throw new Error(read.error.detail)
  return read.value
}

/** The user as stored, after the request body a client sends. */
function patched(user: JsonObject, ...operations: unknown[]): JsonObject {
  const parsed = parsePatchRequest({ schemas: [patchOp], Operations: operations }, userType)
  const result = parsed.ok ? applyPatch(completeResource(user, userType, facts), parsed.value, userType) : parsed
  if (!result.ok) throw new Error(result.error.detail)
  const { id: _id, meta: _meta, ...rest } = result.value.resource
  return rest
}

function memberChanges(...operations: unknown[]) {
  const parsed = parsePatchRequest({ schemas: [patchOp], Operations: operations }, groupType)
  const planned = parsed.ok ? planGroupPatch(parsed.value) : parsed
  if (!planned.ok) throw new Error(planned.error.detail)
  return planned.value.members
}

const ann = readOrFail({
  schemas: [core, enterprise],
  userName: 'ann@corp.example',
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [{ value: 'ann@corp.example', type: 'work', primary: true }],
  active: true,
  [enterprise]: { department: 'Sales' },
})

describe('Okta', () => {
  test('creates users with groups and a password, which are left out', () => {
    expect(
      readOrFail({
        schemas: [core],
        userName: 'ann@corp.example',
        name: { givenName: 'Ann', familyName: 'Lee' },
        emails: [{ primary: true, value: 'ann@corp.example', type: 'work' }],
        displayName: 'Ann Lee',
        locale: 'en-US',
        externalId: '00u1ab',
        groups: [],
        password: 'Tr0ub4dor',
        active: true,
      }),
    ).toEqual({
      schemas: [core],
      userName: 'ann@corp.example',
      name: { givenName: 'Ann', familyName: 'Lee' },
      emails: [{ primary: true, value: 'ann@corp.example', type: 'work' }],
      displayName: 'Ann Lee',
      locale: 'en-US',
      externalId: '00u1ab',
      active: true,
    })
  })

  test('updates by PUT of what it read, id and meta and groups included', () => {
    const stored = completeResource(
      { ...ann, groups: [{ value: 'directory_group_01', display: 'Eng' }] },
      userType,
      facts,
    )
    expect(readOrFail({ ...stored, title: 'Boss' })).toEqual({ ...ann, title: 'Boss' })
  })

  test.each([
    ['deactivates', { active: false }, { active: false }],
    ['reactivates', { active: true }, {}],
  ])('%s by a value without a path', (_claim, value, difference) => {
    expect(patched(ann, { op: 'replace', value })).toEqual({ ...ann, ...difference })
  })

  test('renames a group and sends its id along', () => {
    const group = completeResource(
      readOrFail({ schemas: [coreGroup], displayName: 'Eng', members: [] }, groupType),
      groupType,
      {
        ...facts,
        id: 'grp_1',
      },
    )
    const body = {
      schemas: [patchOp],
      Operations: [{ op: 'replace', value: { id: 'grp_1', displayName: 'Engineering' } }],
    }
    const parsed = parsePatchRequest(body, groupType)
    const planned = parsed.ok ? planGroupPatch(parsed.value) : parsed
    if (!planned.ok) throw new Error(planned.error.detail)
    expect(planned.value.members).toEqual([])
    expect(applyPatch(group, planned.value.attributes, groupType)).toMatchObject({
      ok: true,
      value: { changed: true, resource: { id: 'grp_1', displayName: 'Engineering' } },
    })
    expect(applyPatch({ ...group, id: 'grp_2' }, planned.value.attributes, groupType)).toMatchObject({
      ok: false,
      error: { scimType: 'mutability' },
    })
  })

  test('exchanges members in one request', () => {
    expect(
      memberChanges(
        { op: 'remove', path: 'members[value eq "u1"]' },
        { op: 'add', path: 'members', value: [{ value: 'u2', display: 'bob@corp.example' }] },
      ),
    ).toEqual([
      { kind: 'remove', ids: ['u1'] },
      { kind: 'add', ids: ['u2'] },
    ])
  })

  test('pushes the whole list of members', () => {
    expect(memberChanges({ op: 'replace', path: 'members', value: [{ value: 'u1' }, { value: 'u2' }] })).toEqual([
      { kind: 'replace', ids: ['u1', 'u2'] },
    ])
  })
})

describe('Entra', () => {
  test('creates users with the enterprise schema, a type in meta, and empty roles', () => {
    expect(
      readOrFail({
        schemas: [core, enterprise],
        externalId: '58342554-38d6-4ec8-948c-50044d0a33fd',
        userName: 'ann@corp.example',
        active: 'True',
        emails: [{ primary: true, type: 'work', value: 'ann@corp.example' }],
        meta: { resourceType: 'User' },
        name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
        roles: [],
        [enterprise]: { department: 'Ops', manager: 'directory_user_02' },
      }),
    ).toEqual({
      schemas: [core, enterprise],
      externalId: '58342554-38d6-4ec8-948c-50044d0a33fd',
      userName: 'ann@corp.example',
      active: true,
      emails: [{ primary: true, type: 'work', value: 'ann@corp.example' }],
      name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
      [enterprise]: { department: 'Ops', manager: { value: 'directory_user_02' } },
    })
  })

  test('creates groups with a schema of its own', () => {
    expect(
      readOrFail(
        {
          schemas: [coreGroup, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
          externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
          displayName: 'Eng',
          meta: { resourceType: 'Group' },
        },
        groupType,
      ),
    ).toEqual({ schemas: [coreGroup], externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159', displayName: 'Eng' })
  })

  // The same change as sent without and with the aadOptscim062020 flag.
  test.each<[string, unknown[], unknown[], JsonObject]>([
    [
      'deactivates',
      [{ op: 'Replace', path: 'active', value: 'False' }],
      [{ op: 'replace', path: 'active', value: false }],
      { ...ann, active: false },
    ],
    [
      'sets a manager',
      [{ op: 'Add', path: `${enterprise}:manager`, value: [{ $ref: '../Users/boss', value: 'boss' }] }],
      [{ op: 'add', path: `${enterprise}:manager`, value: { $ref: '../Users/boss', value: 'boss' } }],
      { ...ann, [enterprise]: { department: 'Sales', manager: { $ref: '../Users/boss', value: 'boss' } } },
    ],
    [
      'sets a manager by its id alone',
      [{ op: 'Replace', path: `${enterprise}:manager`, value: 'boss' }],
      [{ op: 'add', path: `${enterprise}:manager`, value: 'boss' }],
      { ...ann, [enterprise]: { department: 'Sales', manager: { value: 'boss' } } },
    ],
    [
      'changes several attributes',
      [
        { op: 'Replace', path: 'displayName', value: 'A' },
        { op: 'Replace', path: 'name.givenName', value: 'Anna' },
        { op: 'Replace', path: `${enterprise}:department`, value: 'Ops' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'x@corp.example' },
      ],
      [
        {
          op: 'replace',
          value: {
            displayName: 'A',
            'name.givenName': 'Anna',
            [`${enterprise}:department`]: 'Ops',
            'emails[type eq "work"].value': 'x@corp.example',
          },
        },
      ],
      {
        ...ann,
        displayName: 'A',
        name: { givenName: 'Anna', familyName: 'Lee' },
        emails: [{ value: 'x@corp.example', type: 'work', primary: true }],
        [enterprise]: { department: 'Ops' },
      },
    ],
    [
      'sets a single value in an object in an array',
      [{ op: 'Replace', path: 'displayName', value: [{ $ref: null, value: 'A' }] }],
      [{ op: 'replace', path: 'displayName', value: 'A' }],
      { ...ann, displayName: 'A' },
    ],
    [
      'adds an email of a type the user has none of',
      [{ op: 'Add', path: 'emails[type eq "home"].value', value: 'h@corp.example' }],
      [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'h@corp.example' }],
      {
        ...ann,
        emails: [
          { value: 'ann@corp.example', type: 'work', primary: true },
          { type: 'home', value: 'h@corp.example' },
        ],
      },
    ],
    [
      'makes one address of its parts',
      [
        { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'Street 1, Town' },
        { op: 'Add', path: 'addresses[type eq "work"].streetAddress', value: 'Street 1' },
        { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Town' },
        { op: 'Add', path: 'addresses[type eq "work"].country', value: 'DE' },
      ],
      [
        {
          op: 'add',
          value: {
            'addresses[type eq "work"].formatted': 'Street 1, Town',
            'addresses[type eq "work"].streetAddress': 'Street 1',
            'addresses[type eq "work"].locality': 'Town',
            'addresses[type eq "work"].country': 'DE',
          },
        },
      ],
      {
        ...ann,
        addresses: [
          { type: 'work', formatted: 'Street 1, Town', streetAddress: 'Street 1', locality: 'Town', country: 'DE' },
        ],
      },
    ],
    [
      'gives a role with a boolean as text in the filter',
      [{ op: 'Add', path: 'roles[primary eq "True"].value', value: 'Admin' }],
      [{ op: 'add', path: 'roles[primary eq true].value', value: 'Admin' }],
      { ...ann, roles: [{ primary: true, value: 'Admin' }] },
    ],
    [
      'removes one role of a list',
      [
        { op: 'Add', path: 'roles', value: [{ value: 'A' }, { value: 'B' }] },
        { op: 'Remove', path: 'roles', value: [{ value: 'A' }] },
      ],
      [
        { op: 'add', path: 'roles', value: [{ value: 'A' }, { value: 'B' }] },
        { op: 'remove', path: 'roles[value eq "A"]' },
      ],
      { ...ann, roles: [{ value: 'B' }] },
    ],
    [
      'clears an attribute',
      [{ op: 'Remove', path: `${enterprise}:department` }],
      [{ op: 'replace', path: `${enterprise}:department`, value: '' }],
      (({ [enterprise]: _extension, ...rest }) => ({ ...rest, schemas: [core] }))(ann),
    ],
  ])('%s', (_claim, without, withFlag, expected) => {
    expect(patched(ann, ...without)).toEqual(expected)
    expect(patched(ann, ...withFlag)).toEqual(expected)
  })

  test('gets invalidValue where the element made would be wrong', () => {
    const body = { Operations: [{ op: 'Add', path: 'emails[type eq "fax"].value', value: { a: 1 } }] }
    const parsed = parsePatchRequest(body, userType)
    if (!parsed.ok) throw new Error(parsed.error.detail)
    expect(applyPatch(ann, parsed.value, userType)).toMatchObject({ ok: false, error: { scimType: 'invalidValue' } })
  })

  test('gets noTarget where nothing says what the element would be', () => {
    const body = {
      schemas: [patchOp],
      Operations: [{ op: 'Replace', path: 'emails[type ne "work"].value', value: 'x' }],
    }
    const parsed = parsePatchRequest(body, userType)
    if (!parsed.ok) throw new Error(parsed.error.detail)
    expect(applyPatch(ann, parsed.value, userType)).toMatchObject({ ok: false, error: { scimType: 'noTarget' } })
  })

  test('adds a member', () => {
    expect(memberChanges({ op: 'Add', path: 'members', value: [{ $ref: null, value: 'u1' }] })).toEqual([
      { kind: 'add', ids: ['u1'] },
    ])
  })

  test('removes only the member it lists', () => {
    expect(memberChanges({ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'u1' }] })).toEqual([
      { kind: 'remove', ids: ['u1'] },
    ])
  })
})

describe('OneLogin', () => {
  test('puts templates with empty texts, numbers, and a manager with a name', () => {
    expect(
      readOrFail({
        schemas: [core, enterprise],
        userName: 'ann@corp.example',
        displayName: '',
        title: '',
        name: { givenName: 'Ann', familyName: 'Lee', formatted: '' },
        emails: [
          { value: 'ann@corp.example', type: 'work', primary: true },
          { value: '', type: 'home' },
        ],
        phoneNumbers: [{ value: '', type: 'work' }],
        active: true,
        [enterprise]: { employeeNumber: 701984, department: '', manager: { value: 'boss', displayName: 'The Boss' } },
      }),
    ).toEqual({
      schemas: [core, enterprise],
      userName: 'ann@corp.example',
      name: { givenName: 'Ann', familyName: 'Lee' },
      emails: [{ value: 'ann@corp.example', type: 'work', primary: true }],
      active: true,
      [enterprise]: { employeeNumber: '701984', manager: { value: 'boss' } },
    })
  })

  test('deactivates by PUT', () => {
    expect(readOrFail({ ...ann, active: false })).toEqual({ ...ann, active: false })
  })
})

describe('JumpCloud', () => {
  test('puts a whole user with one email that is no list', () => {
    const { emails: _emails, ...rest } = ann
    expect(readOrFail({ ...rest, emails: { value: 'ann@corp.example', type: 'work', primary: true } })).toEqual(ann)
  })

  test.each([
    ['by a filter', { op: 'remove', path: 'members[value eq "u1"]' }],
    ['by a list', { op: 'remove', path: 'members', value: [{ value: 'u1' }] }],
    ['by a list of ids', { op: 'remove', path: 'members', value: ['u1'] }],
    ['by one id', { op: 'remove', path: 'members', value: { value: 'u1' } }],
  ])('removes a member %s', (_claim, operation) => {
    expect(memberChanges(operation)).toEqual([{ kind: 'remove', ids: ['u1'] }])
  })

  test('puts the whole list of members', () => {
    expect(
      readOrFail({ schemas: [coreGroup], displayName: 'G', members: [{ value: 'u1', display: 'Ann' }] }, groupType),
    ).toEqual({
      schemas: [coreGroup],
      displayName: 'G',
      members: [{ value: 'u1' }],
    })
  })
})

describe('Rippling', () => {
  test('creates with null for what is missing', () => {
    expect(
      readOrFail({
        schemas: [core],
        userName: 'ann@corp.example',
        externalId: 17,
        nickName: null,
        emails: [{ value: 'ann@corp.example', primary: true, type: null, display: null }],
        addresses: null,
        name: { givenName: 'Ann', familyName: null },
      }),
    ).toEqual({
      schemas: [core],
      userName: 'ann@corp.example',
      externalId: '17',
      emails: [{ value: 'ann@corp.example', primary: true }],
      name: { givenName: 'Ann' },
    })
  })

  test('changes an email and the name without paths', () => {
    expect(patched(ann, { op: 'replace', value: { 'name.familyName': 'Ray', active: false } })).toEqual({
      ...ann,
      name: { givenName: 'Ann', familyName: 'Ray' },
      active: false,
    })
  })
})

describe('Google', () => {
  // Google Workspace does not push SCIM itself; what pushes for it speaks the plain RFC, with one operation alone.
  test('replaces one attribute by an operation that is no list', () => {
    const parsed = parsePatchRequest(
      { schemas: [patchOp], Operations: { op: 'replace', path: 'active', value: false } },
      userType,
    )
    if (!parsed.ok) throw new Error(parsed.error.detail)
    expect(applyPatch(ann, parsed.value, userType)).toMatchObject({ ok: true, value: { resource: { active: false } } })
  })
})

describe('Ping', () => {
  test('replaces attributes with the core URN in front', () => {
    expect(patched(ann, { op: 'replace', path: `${core}:name.familyName`, value: 'Ray' })).toEqual({
      ...ann,
      name: { givenName: 'Ann', familyName: 'Ray' },
    })
  })

  test('replaces the enterprise schema as a whole', () => {
    expect(patched(ann, { op: 'replace', path: enterprise, value: { costCenter: '9' } })).toEqual({
      ...ann,
      [enterprise]: { department: 'Sales', costCenter: '9' },
    })
  })
})
