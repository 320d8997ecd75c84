import { describe, expect, test } from 'vitest'
import type { DirectoryGroup, DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import type { Page } from '#contracts/list.ts'
import { type DialectName, dialectNames } from '#test-idp/scim/dialects.ts'
import { type ExpectationId, expectationIds } from '#test-idp/scim/expectations.ts'
import { sendOverHttp } from '#test-idp/scim/http-send.ts'
import { type Expected, type Report, simulate } from '#test-idp/scim/simulate.ts'
import type { ScimAnswer, ScimRequest, Send } from '#test-idp/scim/wire.ts'
import { fakeScimServer } from '../support/fake-scim-server.ts'
import { createScimClient, type LogEntry, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const size = { users: 12, groups: 3, changes: 24, concurrency: 4 }

/** What went wrong, short enough to read in a failed test. */
function faultsOf({ verdicts }: Report): string[] {
  return verdicts.flatMap(({ id, failures }) =>
    failures.map(({ detail, request }) => `${id}: ${request.method} ${request.path}: ${detail}`),
  )
}

function sendTo({ directory }: ScimClient): Send {
  const endpoint = server.url + new URL(directory.endpoint).pathname
  return sendOverHttp({ endpoint, token: directory.bearer_token ?? '', fetch })
}

const wait = () => Promise.resolve()

describe('every client gets along with our server', () => {
  test.each(dialectNames)('%s: nothing to complain about, and the application sees the same directory', async (as) => {
    const client = await createScimClient(server)
    const report = await simulate({ ...size, as, seed: 7 }, { send: sendTo(client), wait })
    expect(faultsOf(report)).toEqual([])
    expect(report).toMatchObject({ passed: true, stoppedAfter: undefined, retries: 0 })
    const wanted = visibleOf(report.expected)
    expect(await seenBy(client)).toEqual(wanted)
    expect(replay(await client.log())).toEqual(wanted)
  })

  test('an app that is connected again finds everybody instead of making them twice', async () => {
    const client = await createScimClient(server)
    const options = { ...size, as: 'okta', seed: 7, groups: 1, changes: 0 } as const
    const first = await simulate(options, { send: sendTo(client), wait })
    const second = await simulate(options, { send: sendTo(client), wait })
    expect(faultsOf(second)).toEqual([])
    const ids = ({ expected }: Report) => expected.users.map(({ id }) => id)
    expect(ids(second)).toEqual(ids(first))
    expect(await seenBy(client)).toEqual(visibleOf(second.expected))
  })

  test('a wrong token stops the client at its test, with one clear reason', async () => {
    const client = await createScimClient(server)
    const endpoint = server.url + new URL(client.directory.endpoint).pathname
    const send = sendOverHttp({ endpoint, token: 'another', fetch })
    const report = await simulate({ ...size, as: 'okta', seed: 1 }, { send, wait })
    expect(report).toMatchObject({ passed: false, stoppedAfter: 'probe', requests: 2, expected: { users: [] } })
    expect(faultsOf(report)).toEqual([
      'authorized: GET /Users?startIndex=1&count=2: the status is 401: the token is not one of this endpoint',
    ])
  })
})

/** People by address with their groups, the way applications think of them. */
type Seen = Record<
  string,
  { firstName: unknown; lastName: unknown; jobTitle: unknown; idpId: string; groups: string[] }
>

/** Whom applications see: the inactive are kept for the identity provider alone. */
function visibleOf({ users, groups }: Expected): { people: Seen; groups: string[] } {
  const people = users
    .filter(({ facts }) => facts.active === true)
    .map(({ id, externalId, facts }) => [
      String(facts.email),
      {
        firstName: facts.givenName,
        lastName: facts.familyName,
        jobTitle: facts.title ?? null,
        idpId: externalId,
        groups: groups
          .filter(({ members }) => members.includes(id))
          .map(({ name }) => name)
          .toSorted(),
      },
    ])
  return { people: Object.fromEntries(people) as Seen, groups: groups.map(({ name }) => name).toSorted() }
}

async function seenBy({ environment, directory }: ScimClient): Promise<{ people: Seen; groups: string[] }> {
  const query = `directory=${directory.id}&limit=100`
  const users = await environment.api<Page<DirectoryUserWithGroups>>('GET', `/directory_users?${query}`)
  const groups = await environment.api<Page<DirectoryGroup>>('GET', `/directory_groups?${query}`)
  const people = users.body.data.map((user) => [
    user.email,
    present(
      user,
      user.groups.map(({ name }) => name),
    ),
  ])
  return {
    people: Object.fromEntries(people) as Seen,
    groups: groups.body.data.map(({ name }) => name).toSorted(),
  }
}

function present(
  user: Pick<DirectoryUserWithGroups, 'first_name' | 'last_name' | 'job_title' | 'idp_id'>,
  groups: string[],
) {
  const { first_name: firstName, last_name: lastName, job_title: jobTitle, idp_id: idpId } = user
  return { firstName, lastName, jobTitle, idpId, groups: groups.toSorted() }
}

/** An application that knows the directory by its events alone, and trusts each of them to be news. */
function replay(log: readonly LogEntry[]): { people: Seen; groups: string[] } {
  const users = new Map<string, DirectoryUserWithGroups>()
  const groups = new Map<string, DirectoryGroup>()
  const members = new Set<string>()
  const leave = (part: string) => {
    for (const pair of members) if (pair.split(' ').includes(part)) members.delete(pair)
  }
  for (const { event, data } of log) {
    const isNews: boolean = (() => {
      switch (event) {
        case 'dsync.activated':
          return true
        case 'dsync.user.created':
          return !users.has(data.id) && users.set(data.id, data) !== undefined
        case 'dsync.user.updated':
          return (
            Object.keys(data.previous_attributes).length > 0 &&
            users.has(data.id) &&
            users.set(data.id, data) !== undefined
          )
        case 'dsync.user.deleted':
          leave(data.id)
          return users.delete(data.id)
        case 'dsync.group.created':
          return !groups.has(data.id) && groups.set(data.id, data) !== undefined
        case 'dsync.group.updated':
          return (
            Object.keys(data.previous_attributes).length > 0 &&
            groups.has(data.id) &&
            groups.set(data.id, data) !== undefined
          )
        case 'dsync.group.deleted':
          leave(data.id)
          return groups.delete(data.id)
        case 'dsync.group.user_added':
          return (
            !members.has(`${data.user.id} ${data.group.id}`) &&
            members.add(`${data.user.id} ${data.group.id}`) !== undefined
          )
        case 'dsync.group.user_removed':
          return members.delete(`${data.user.id} ${data.group.id}`)
        default:
          return false
      }
    })()
    expect(isNews, `${event} of ${JSON.stringify(data)}`).toBe(true)
  }
  const people = [...users.values()].map((user) => {
    const theirs = [...groups.values()].filter(({ id }) => members.has(`${user.id} ${id}`))
    return [
      user.email,
      present(
        user,
        theirs.map(({ name }) => name),
      ),
    ]
  })
  return { people: Object.fromEntries(people) as Seen, groups: [...groups.values()].map(({ name }) => name).toSorted() }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the bodies of a server that gets them wrong
type Body = any

/** Puts a mistake in front of a server. */
type Mistake = (server: Send) => Send

const answering =
  (change: (answer: ScimAnswer, request: ScimRequest) => Partial<ScimAnswer>): Mistake =>
  (send) =>
  async (request) => {
    const answer = await send(request)
    return { ...answer, ...change(answer, request) }
  }

/** Changes the bodies of some answers. */
const showing = (when: (request: ScimRequest, status: number) => boolean, change: (body: Body) => unknown): Mistake =>
  answering((answer, request) => {
    if (answer.text === '' || !when(request, answer.status)) return {}
    return { text: JSON.stringify(change(JSON.parse(answer.text))) }
  })

/** Says that it is done, and does nothing. */
const ignoring =
  (what: (request: ScimRequest) => boolean): Mistake =>
  (send) =>
  async (request) =>
    what(request) ? { status: 204, headers: {}, text: '' } : send(request)

const asks = (method: string, path: RegExp) => (request: ScimRequest) =>
  request.method === method && path.test(request.path)
const says = (pattern: RegExp) => (request: ScimRequest) => pattern.test(JSON.stringify(request.body ?? {}))

const error = (status: number) =>
  JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail: '' })
const isOne = /^\/(Users|Groups)\/[^?]+$/
const isUser = /^\/Users\/[^?]+$/

const mistakes: readonly (readonly [string, ExpectationId, DialectName, Mistake])[] = [
  [
    'breaks down over groups',
    'answered',
    'okta',
    answering((_answer, { path, method }) =>
      method === 'POST' && path === '/Groups' ? { status: 500, text: '' } : {},
    ),
  ],
  ['sends JSON as HTML', 'media_type', 'okta', answering(() => ({ headers: { 'content-type': 'text/html' } }))],
  [
    'sends the status of an error as a number',
    'error_body',
    'okta',
    showing(
      (_, status) => status >= 400,
      (body) => ({ ...body, status: 404 }),
    ),
  ],
  ['takes no token', 'authorized', 'okta', answering(() => ({ status: 401, text: error(401) }))],
  [
    'takes any token',
    'unauthorized',
    'okta',
    (send) =>
      ({ headers, ...request }) =>
        send({ ...request, headers: { ...headers, authorization: undefined } as never }),
  ],
  ['says nothing about itself', 'configuration', 'okta', showing(asks('GET', /Config/), () => ({}))],
  [
    'counts rows that it does not show',
    'list',
    'okta',
    showing(asks('GET', /\?/), (body) => ({ ...body, itemsPerPage: 50 })),
  ],
  [
    'answers 404 when nobody matches',
    'no_match',
    'entra',
    answering(({ text }, { path }) =>
      path.includes('filter=') && text.includes('"totalResults":0') ? { status: 404, text: error(404) } : {},
    ),
  ],
  [
    'finds everybody twice',
    'match',
    'okta',
    showing(asks('GET', /filter=userName/), (body) => ({
      ...body,
      totalResults: body.totalResults * 2,
      itemsPerPage: body.itemsPerPage * 2,
      Resources: [...body.Resources, ...body.Resources],
    })),
  ],
  [
    'begins each page one too early',
    'paging',
    'okta',
    (send) => (request) => send({ ...request, path: request.path.replace('startIndex=6', 'startIndex=5') }),
  ],
  [
    'shows what was excluded',
    'excluded',
    'entra',
    showing(asks('GET', /excludedAttributes/), (body) => ({ ...body, members: [] })),
  ],
  [
    'says nothing about where',
    'created',
    'okta',
    answering(({ status, headers: { location: _location, ...headers } }) => (status === 201 ? { headers } : {})),
  ],
  ['leaves out the resource type', 'resource', 'okta', showing(asks('GET', isUser), (body) => ({ ...body, meta: {} }))],
  [
    'shows something else than it was told',
    'echo',
    'okta',
    showing(asks('PUT', isUser), (body) => ({ ...body, title: 'Boss' })),
  ],
  [
    'shows the password',
    'password',
    'okta',
    (send) => async (request) => {
      const answer = await send(request)
      return answer.status === 201
        ? { ...answer, text: answer.text.replace('{', `{"password":${JSON.stringify(request.body?.['password'])},`) }
        : answer
    },
  ],
  [
    'refuses duplicates without a reason',
    'duplicate',
    'rippling',
    showing(
      (_, status) => status === 409,
      ({ scimType: _scimType, ...body }) => body,
    ),
  ],
  ['makes somebody new of a duplicate', 'duplicate_harmless', 'rippling', makesDuplicates],
  [
    'cannot be asked for one',
    'read',
    'entra',
    answering((_answer, request) => (asks('GET', isUser)(request) ? { status: 404, text: error(404) } : {})),
  ],
  [
    'gives out a new id with every PUT',
    'replaced',
    'okta',
    showing(asks('PUT', isUser), (body) => ({ ...body, id: `${body.id}x` })),
  ],
  [
    'answers a PATCH with 200 and nothing',
    'patched',
    'entra',
    answering((_answer, { method }) => (method === 'PATCH' ? { status: 200, text: '' } : {})),
  ],
  [
    'hides who is inactive',
    'inactive_readable',
    'okta',
    answering(({ text }, request) =>
      asks('GET', isUser)(request) && text.includes('"active":false') ? { status: 404, text: error(404) } : {},
    ),
  ],
  ['takes the text "False" for true', 'inactive_readable', 'entra', ignoring(says(/"value":"False"/))],
  ['does not find who is inactive', 'inactive_found', 'okta', showing(asks('GET', /filter=/), withoutInactive)],
  [
    'makes somebody new of who comes back',
    'same_person',
    'okta',
    showing(asks('GET', /filter=/), (body) => ({
      ...body,
      Resources: body.Resources.map((each: Body) => (each.active === false ? { ...each, id: 'somebody-else' } : each)),
    })),
  ],
  ['leaves removed members in', 'members', 'okta', ignoring(says(/"op":"remove"/))],
  [
    'removes all for one',
    'members',
    'entra',
    (send) => (request) =>
      send(
        says(/"Remove","path":"members"/)(request)
          ? { ...request, body: { ...request.body, Operations: [{ op: 'remove', path: 'members' }] } }
          : request,
      ),
  ],
  [
    'empties what it renames',
    'members',
    'okta-custom',
    (send) => (request) =>
      send(asks('PUT', /Groups/)(request) ? { ...request, body: { ...request.body, members: [] } } : request),
  ],
  [
    'cannot be asked for a member',
    'reference',
    'entra',
    showing(asks('GET', /members\+eq/), (body) => ({ ...body, totalResults: 0, itemsPerPage: 0, Resources: [] })),
  ],
  ['counts what changes nothing as a change', 'quiet_add', 'okta', alwaysNew],
  [
    'deletes with a body',
    'deleted',
    'ping',
    answering((_answer, { method }) => (method === 'DELETE' ? { status: 200, text: '{}' } : {})),
  ],
  ['deletes nothing', 'gone', 'ping', ignoring(asks('DELETE', isOne))],
  [
    'forgets what people are called',
    'final_users',
    'okta',
    showing(asks('GET', /^\/Users\?startIndex/), (body) => ({
      ...body,
      Resources: body.Resources.map((each: Body) => ({ ...each, name: {} })),
    })),
  ],
  [
    'lists no groups',
    'final_groups',
    'okta',
    showing(asks('GET', /^\/Groups\?startIndex/), (body) => ({
      ...body,
      totalResults: 0,
      itemsPerPage: 0,
      Resources: [],
    })),
  ],
]

function withoutInactive(body: Body): unknown {
  const Resources = body.Resources.filter((each: Body) => each.active !== false)
  return { ...body, totalResults: Resources.length, itemsPerPage: Resources.length, Resources }
}

function makesDuplicates(send: Send): Send {
  let isRepeated = false
  const spoilt = showing(
    (request) => isRepeated && asks('GET', /filter=/)(request),
    (body) => ({ ...body, Resources: body.Resources.map((each: Body) => ({ ...each, id: `${each.id}b` })) }),
  )(send)
  return async (request) => {
    const answer = await spoilt(request)
    isRepeated ||= answer.status === 409
    return answer
  }
}

function alwaysNew(send: Send): Send {
  let serial = 0
  return showing(asks('GET', /^\/Groups\/[^?]+$/), (body) => ({
    ...body,
    meta: { ...body.meta, lastModified: String((serial += 1)) },
  }))(send)
}

describe('a report can fail', () => {
  test.each(dialectNames)('%s has nothing against a server that is right', async (as) => {
    const report = await simulate({ ...size, as, seed: 3 }, { send: fakeScimServer(), wait })
    expect(faultsOf(report)).toEqual([])
    expect(report.passed).toBe(true)
  })

  test.each(mistakes)('a server that %s: %s', async (_what, expectation, as, mistake) => {
    const report = await simulate({ ...size, as, seed: 3 }, { send: mistake(fakeScimServer()), wait })
    expect(report.passed).toBe(false)
    const failed = report.verdicts.filter(({ failed }) => failed > 0)
    expect(failed.map(({ id }) => id)).toContain(expectation)
    for (const { failures } of failed) expect(failures[0]).toMatchObject({ detail: expect.any(String), request: {} })
  })

  test('there is a mistake for every expectation', () => {
    expect(new Set(mistakes.map(([, expectation]) => expectation))).toEqual(new Set(expectationIds))
  })
})

describe('patience', () => {
  test('a client waits as long as it is asked to, and what passes is no failure', async () => {
    let refusals = 0
    const fake = fakeScimServer()
    const waits: number[] = []
    const send: Send = async (request) => {
      if (request.method !== 'POST' || refusals >= 2) return fake(request)
      refusals += 1
      const busy = refusals === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 503, headers: {} }
      return { ...busy, text: '' }
    }
    const report = await simulate(
      { as: 'okta', users: 3, groups: 1, changes: 0, seed: 1, concurrency: 1 },
      { send, wait: async (milliseconds) => void waits.push(milliseconds) },
    )
    expect(faultsOf(report)).toEqual([])
    expect([report.retries, waits]).toEqual([2, [7000, 1000]])
  })

  test('a create whose answer was lost is not made twice', async () => {
    let isLost = false
    const fake = fakeScimServer()
    const send: Send = async (request) => {
      const answer = await fake(request)
      if (request.method !== 'POST' || isLost) return answer
      isLost = true
      throw new Error('socket hang up')
    }
    const report = await simulate(
      { as: 'okta', users: 3, groups: 0, changes: 0, seed: 1, concurrency: 1 },
      { send, wait },
    )
    expect(faultsOf(report)).toEqual([])
    expect(report).toMatchObject({ retries: 1, passed: true })
    expect(new Set(report.expected.users.map(({ id }) => id)).size).toBe(3)
  })

  test('a server that never answers is given up after a few tries', async () => {
    const send: Send = () => Promise.reject(new Error('connect ECONNREFUSED'))
    const report = await simulate({ ...size, as: 'okta', seed: 1 }, { send, wait })
    expect(report).toMatchObject({ passed: false, stoppedAfter: 'probe', requests: 8 })
    expect(faultsOf(report)).toContain(
      'answered: GET /Users?startIndex=1&count=2: nobody answered: connect ECONNREFUSED',
    )
  })
})
