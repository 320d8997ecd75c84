import { describe, expect, test } from 'vitest'
import { ScimClient } from '#test-idp/scim/client.ts'
import { type DialectName, dialects } from '#test-idp/scim/dialects.ts'
import { fill, move, push, rename } from '#test-idp/scim/group-verbs.ts'
import { activate, assign, change } from '#test-idp/scim/people-verbs.ts'
import { test as probe } from '#test-idp/scim/probe.ts'
import { Scorecard } from '#test-idp/scim/scorecard.ts'
import { openSession, type Session } from '#test-idp/scim/session.ts'
import type { ScimRequest } from '#test-idp/scim/wire.ts'
import type { Employee } from '#test-idp/scim/workforce.ts'
import { fakeScimServer } from '../support/fake-scim-server.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const ann: Employee = {
  id: '00u1ab',
  userName: 'ann@corp.example',
  givenName: 'Ann',
  familyName: 'Lee',
  email: 'ann@corp.example',
  title: undefined,
  department: 'R&D',
  phone: undefined,
  managerId: undefined,
}
const bob: Employee = {
  ...ann,
  id: '00u2cd',
  userName: 'bob@corp.example',
  email: 'bob@corp.example',
  givenName: 'Bob',
}
const team = { id: '00g1', name: 'R&D "East"', members: [ann.id] }

interface Stage {
  readonly session: Session
  /** What was sent since it was asked last. */
  sent(): ScimRequest[]
}

function stage(as: DialectName): Stage {
  const score = new Scorecard()
  const requests: ScimRequest[] = []
  const server = fakeScimServer()
  const client = new ScimClient({
    headers: dialects[as].headers,
    score,
    wait: () => Promise.resolve(),
    send: (request) => {
      requests.push(request)
      return server(request)
    },
  })
  return { session: openSession(dialects[as], client, score), sent: () => requests.splice(0) }
}

const lines = (requests: readonly ScimRequest[]) => requests.map(({ method, path }) => `${method} ${path}`)
/** Without what we read to look at the result. */
const writes = (requests: readonly ScimRequest[]) =>
  requests.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => ({ method, path, body }))
const operationsOf = (requests: readonly ScimRequest[]) =>
  writes(requests).map(
    ({ body }) => JSON.stringify(body?.['schemas']) === JSON.stringify([patchOp]) && body?.['Operations'],
  )

describe('Okta', () => {
  test('asks for two people, for groups, for somebody who is not there, and what the server can do', async () => {
    const { session, sent } = stage('okta')
    expect(await probe(session)).toBe(true)
    const requests = sent()
    expect(lines(requests)).toEqual([
      'GET /Users?startIndex=1&count=2',
      'GET /Groups?startIndex=1&count=100',
      'GET /Users?filter=userName+eq+%22nobody-7d3f%40okta.invalid%22&startIndex=1&count=100',
      'GET /ServiceProviderConfig',
    ])
    expect(requests[0]?.headers).toEqual({
      accept: 'application/scim+json',
      'accept-charset': 'utf-8',
      'user-agent': 'Okta SCIM Client 1.0.0',
    })
  })

  test('looks up, then creates', async () => {
    const { session, sent } = stage('okta')
    await assign(session, ann)
    const requests = sent()
    expect(lines(requests)).toEqual([
      'GET /Users?filter=userName%20eq%20%22ann%40corp.example%22&startIndex=1&count=100',
      'POST /Users',
    ])
    expect(requests[1]?.headers['content-type']).toBe('application/scim+json; charset=utf-8')
    expect(requests[1]?.body).toEqual({
      schemas: [user, enterprise],
      userName: 'ann@corp.example',
      name: { givenName: 'Ann', familyName: 'Lee' },
      emails: [{ primary: true, value: 'ann@corp.example', type: 'work' }],
      displayName: 'Ann Lee',
      externalId: '00u1ab',
      title: null,
      [enterprise]: { department: 'R&D' },
      locale: 'en-US',
      groups: [],
      password: 'Aa1-00u1ab',
      active: true,
    })
  })

  test('updates with GET and PUT of what it got, its own changes in it', async () => {
    const { session, sent } = stage('okta')
    await assign(session, ann)
    sent()
    await change(session, { ...ann, title: 'Lead' }, ['title'])
    const requests = sent()
    expect(lines(requests)).toEqual(['GET /Users/r1', 'PUT /Users/r1'])
    expect(requests[1]?.body).toMatchObject({
      id: 'r1',
      meta: { resourceType: 'User' },
      locale: 'en-US',
      title: 'Lead',
    })
  })

  test('deactivates without a path, and takes back whom it finds', async () => {
    const { session, sent } = stage('okta')
    await assign(session, ann)
    sent()
    await activate(session, ann.id, false)
    expect(operationsOf(sent())).toEqual([[{ op: 'replace', value: { active: false } }]])
    await assign(session, ann)
    expect(writes(sent())).toEqual([
      { method: 'PUT', path: '/Users/r1', body: expect.objectContaining({ id: 'r1', active: true }) },
    ])
  })

  test('pushes an empty group, then says its name and adds members; renames with the id in the value', async () => {
    const { session, sent } = stage('okta')
    await assign(session, ann)
    await assign(session, bob)
    sent()
    await push(session, team)
    await fill(session, team.id)
    const name = { op: 'replace', value: { id: 'r3', displayName: team.name } }
    expect(writes(sent())).toEqual([
      { method: 'POST', path: '/Groups', body: { schemas: [group], displayName: team.name, members: [] } },
      { method: 'PATCH', path: '/Groups/r3', body: { schemas: [patchOp], Operations: [name] } },
      {
        method: 'PATCH',
        path: '/Groups/r3',
        body: {
          schemas: [patchOp],
          Operations: [{ op: 'add', path: 'members', value: [{ value: 'r1', display: 'ann@corp.example' }] }],
        },
      },
    ])
    await move(session, team.id, [bob.id], [ann.id])
    expect(operationsOf(sent())).toEqual([
      [name],
      [
        { op: 'remove', path: 'members[value eq "r1"]' },
        { op: 'add', path: 'members', value: [{ value: 'r2', display: 'bob@corp.example' }] },
      ],
    ])
    await rename(session, team.id, 'East')
    expect(operationsOf(sent())).toEqual([[{ op: 'replace', value: { id: 'r3', displayName: 'East' } }]])
  })

  test('as a custom app, puts everything', async () => {
    const { session, sent } = stage('okta-custom')
    await assign(session, ann)
    await activate(session, ann.id, false)
    await push(session, team)
    await rename(session, team.id, 'East')
    expect(writes(sent()).map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...['POST /Users', 'PUT /Users/r1', 'POST /Groups', 'PUT /Groups/r2'],
    ])
  })
})

/** With and without `aadOptscim062020`: the same events, as Microsoft documents them. */
describe.each([
  [
    'entra',
    {
      off: [{ op: 'Replace', path: 'active', value: 'False' }],
      on: [{ op: 'Replace', path: 'active', value: 'True' }],
      several: [
        { op: 'Replace', path: 'name.familyName', value: 'Lea' },
        { op: 'Replace', path: 'displayName', value: 'Ann Lea' },
        { op: 'Add', path: 'title', value: 'Lead' },
        { op: 'Replace', path: `${enterprise}:department`, value: 'Ops' },
        { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '+47 1' },
      ],
      added: [{ op: 'Add', path: 'members', value: [{ $ref: null, value: 'r1' }] }],
      removed: [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'r1' }] }],
      renamed: [{ op: 'Replace', path: 'displayName', value: 'East' }],
    },
  ],
  [
    'entra-compliant',
    {
      off: [{ op: 'replace', path: 'active', value: false }],
      on: [{ op: 'replace', path: 'active', value: true }],
      several: [
        { op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '+47 1' },
        {
          op: 'replace',
          value: {
            'name.familyName': 'Lea',
            displayName: 'Ann Lea',
            title: 'Lead',
            [`${enterprise}:department`]: 'Ops',
          },
        },
      ],
      added: [{ op: 'add', path: 'members', value: [{ $ref: null, value: 'r1' }] }],
      removed: [{ op: 'remove', path: 'members[value eq "r1"]' }],
      renamed: [{ op: 'replace', path: 'displayName', value: 'East' }],
    },
  ],
] as const)('%s', (as, expected) => {
  test('matches by user name and by address, then creates with both schemas', async () => {
    const { session, sent } = stage(as)
    await assign(session, ann)
    const requests = sent()
    expect(lines(requests)).toEqual([
      'GET /Users?filter=userName+eq+%22ann%40corp.example%22',
      'GET /Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22ann%40corp.example%22',
      'POST /Users',
    ])
    expect(requests[2]?.body).toMatchObject({
      schemas: [user, enterprise],
      externalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      meta: { resourceType: 'User' },
      name: { formatted: 'Ann Lee' },
      roles: [],
    })
  })

  test('patches people in its dialect', async () => {
    const { session, sent } = stage(as)
    await assign(session, ann)
    sent()
    const changed = { ...ann, familyName: 'Lea', title: 'Lead', department: 'Ops', phone: '+47 1' }
    await change(session, changed, ['familyName', 'displayName', 'title', 'department', 'phone'])
    expect(operationsOf(sent())).toEqual([expected.several])
    await activate(session, ann.id, false)
    expect(operationsOf(sent())).toEqual([expected.off])
    await activate(session, ann.id, true)
    expect(operationsOf(sent())).toEqual([expected.on])
  })

  test('sends nothing where nothing differs', async () => {
    const { session, sent } = stage(as)
    await assign(session, ann)
    sent()
    await change(session, ann, ['displayName', 'title'])
    expect(lines(sent())).toEqual(['GET /Users/r1'])
  })

  test('creates groups empty, reads them without members, and patches them in its dialect', async () => {
    const { session, sent } = stage(as)
    await assign(session, ann)
    sent()
    await push(session, team)
    const created = sent()
    expect(lines(created)).toEqual([
      'GET /Groups?excludedAttributes=members&filter=displayName+eq+%22R%26D+%5C%22East%5C%22%22',
      'POST /Groups',
    ])
    expect(created[1]?.body).toMatchObject({
      schemas: [group, expect.stringContaining('microsoft')],
      displayName: team.name,
    })
    expect(created[1]?.body).not.toHaveProperty('members')
    await fill(session, team.id)
    const added = sent()
    expect(lines(added)[0]).toBe('GET /Groups/r2?excludedAttributes=members')
    expect(operationsOf(added)).toEqual([expected.added])
    await move(session, team.id, [], [ann.id])
    const removed = sent()
    expect(lines(removed)[1]).toBe(
      'GET /Groups?excludedAttributes=members&filter=id+eq+%22r2%22+and+members+eq+%22r1%22',
    )
    expect(operationsOf(removed)).toEqual([expected.removed])
    await rename(session, team.id, 'East')
    expect(operationsOf(sent())).toEqual([expected.renamed])
  })
})

describe('others', () => {
  test('OneLogin sends empty texts for what somebody does not have', async () => {
    const { session, sent } = stage('onelogin')
    await assign(session, ann)
    await activate(session, ann.id, false)
    const [create, put] = writes(sent())
    expect(create?.body).toMatchObject({
      title: '',
      phoneNumbers: [{ value: '', type: 'work' }],
      [enterprise]: { department: 'R&D', manager: { value: '', displayName: '' } },
    })
    expect(put).toMatchObject({ method: 'PUT', path: '/Users/r1', body: { active: false, title: '' } })
  })

  test('JumpCloud rehearses before it is switched on, and leaves nothing behind', async () => {
    const { session, sent } = stage('jumpcloud')
    expect(await probe(session)).toBe(true)
    expect(writes(sent()).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /Users',
      'PUT /Users/r1',
      'POST /Groups',
      'PUT /Groups/r2',
      'PATCH /Groups/r2',
      'DELETE /Groups/r2',
      'PUT /Users/r1',
      'DELETE /Users/r1',
    ])
    expect([session.accounts.size, session.teams.size]).toEqual([0, 0])
  })

  test('Rippling sends a create again', async () => {
    const { session, sent } = stage('rippling')
    await assign(session, ann, true)
    expect(writes(sent()).map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /Users', 'POST /Users'])
  })
})
