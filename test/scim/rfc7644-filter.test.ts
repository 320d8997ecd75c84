import { beforeAll, describe, expect, test } from 'vitest'
import { printFilter } from '#protocols/scim/filter.ts'
import { matchFilter } from '#protocols/scim/match.ts'
import { userType } from '#protocols/scim/schema.ts'
import { randomFilter } from '#protocols/scim/testdata/random-filter.ts'
import { Random } from '#protocols/scim/testdata/random.ts'
import { randomUser } from '#protocols/scim/testdata/random-resource.ts'
import {
  addGroup,
  addUser,
  coreUser,
  createScimClient,
  enterpriseUser,
  filtered,
  patch,
  person,
  refusal,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

let client: ScimClient
const ids: Record<string, string> = {}

/** Ann at twelve, Bob an hour later and inactive, Åsa two hours later; Eng is Ann and Bob, Ops Ann, Empty nobody. */
beforeAll(async () => {
  client = await createScimClient(server)
  ids['ann'] = await addUser(client, 'Ann@Corp.example', {
    externalId: '00uAnn',
    displayName: 'Ann Lee',
    title: 'Engineer',
    emails: [
      { value: 'Ann.Lee@corp.example', type: 'work', primary: true },
      { value: 'ann@home.example', type: 'home' },
    ],
    favourite: { colour: 'Green', number: 7 },
  })
  server.clock.advance(3_600_000)
  ids['bob'] = await addUser(client, 'bob@corp.example', {
    externalId: '00uann',
    title: '50%_off\\"deal"',
    active: false,
    emails: [{ value: 'bob@corp.example', type: 'work' }],
    roles: [{ value: 'Admin', primary: true }],
    [enterpriseUser]: { department: 'R&D', employeeNumber: '7', manager: { value: ids['ann'] } },
  })
  server.clock.advance(3_600_000)
  ids['asa'] = await addUser(client, 'Åsa@corp.example', {
    name: { familyName: 'Ångström' },
    emails: [
      { value: 'asa@corp.example', type: 'home' },
      { value: 'asa@work.example', type: 'work' },
    ],
    [enterpriseUser]: { department: 'r&d', manager: { value: ids['ann'], $ref: '../Users/1' } },
  })
  ids['eng'] = await addGroup(client, 'Eng', ids['ann'], ids['bob'])
  ids['ops'] = await addGroup(client, 'Ops & Co', ids['ann'])
  ids['empty'] = await addGroup(client, 'Émpty')
  server.clock.advance(3_600_000)
  await client.send('PATCH', `/Users/${ids['asa']}`, patch({ op: 'replace', value: { nickName: 'Åse' } }))
  await client.send('PATCH', `/Groups/${ids['ops']}`, patch({ op: 'replace', value: { externalId: 'g-Ops' } }))
})

const named = (filter: string) => filter.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? '')

async function found(path: string, filter: string): Promise<string[]> {
  const { status, body } = await client.send('GET', filtered(path, named(filter)))
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.totalResults).toBe(body.Resources.length)
  return body.Resources.map(({ id }: { id: string }) => Object.keys(ids).find((name) => ids[name] === id))
}

describe('RFC 7644 §3.4.2.2 filters on users', () => {
  test.each([
    // What identity providers look people up by.
    ['userName eq "ANN@corp.EXAMPLE"', ['ann'], 'names ignore case'],
    ['userName eq "ÅSA@CORP.EXAMPLE"', ['asa'], 'in every alphabet'],
    ['userName eq "ann"', [], 'and are compared whole'],
    ['externalId eq "00uAnn"', ['ann'], 'external ids do not ignore case'],
    ['externalId eq "00UANN"', [], 'external ids do not ignore case'],
    ['id eq "{bob}"', ['bob'], 'ids'],
    ['id eq "{eng}"', [], 'ids of the same kind only'],
    ['emails[type eq "work"].value eq "ANN.LEE@corp.example"', ['ann'], 'the form Entra sends'],
    ['emails[type eq "work"].value eq "ann@home.example"', [], 'in which both hold of one address'],
    ['emails[type eq "work" and value eq "asa@work.example"]', ['asa'], 'a value path'],
    ['emails[type eq "work" and value eq "asa@corp.example"]', [], 'a value path is about one element'],
    ['emails.type eq "work" and emails.value eq "asa@corp.example"', ['asa'], 'unlike two conditions'],
    ['emails.value eq "asa@WORK.example"', ['asa'], 'addresses ignore case, any of several'],
    ['emails eq "asa@work.example"', ['asa'], 'a plural attribute means its values'],
    ['emails co "@home"', ['ann'], 'also for co'],
    ['emails.value sw "asa@"', ['asa'], 'sw'],
    ['emails.value ew "work.example"', ['asa'], 'ew'],
    ['emails.value gt "b"', ['bob'], 'gt'],
    ['not (emails.value eq "bob@corp.example")', ['ann', 'asa'], 'not, of a plural attribute'],
    ['emails.value ne "bob@corp.example"', ['ann', 'asa'], 'ne, of a plural attribute'],
    ['id eq "{bob}" and manager eq "{ann}"', ['bob'], 'the reference check of Entra, which leaves the URN out'],
    ['id eq "{bob}" and manager eq "{asa}"', [], 'the reference check of Entra, of another manager'],
    ['manager eq "{ann}"', ['bob', 'asa'], 'an attribute of an extension without its URN'],
    ['department eq "R&D" and manager.value pr', ['bob', 'asa'], 'an attribute of an extension without its URN'],
    ['manager.displayName eq "{ann}"', [], 'a part of it'],
    ['not (manager pr)', ['ann'], 'nobody’s'],
    [`id eq "{bob}" and ${enterpriseUser}:manager eq "{ann}"`, ['bob'], 'the reference check of Entra'],
    [`${enterpriseUser}:manager.value eq "{ann}"`, ['bob', 'asa'], 'a part of an extension'],
    ['groups eq "{eng}"', ['ann', 'bob'], 'groups'],
    ['groups.value eq "{ops}"', ['ann'], 'groups'],
    ['groups.display co "ops & c"', ['ann'], 'names of groups ignore case'],
    ['groups[value eq "{eng}" and display eq "eng"]', ['ann', 'bob'], 'one group'],
    ['groups[value eq "{eng}" and display sw "ops"]', [], 'one group'],
    ['groups pr', ['ann', 'bob'], 'whoever is in any'],
    ['not (groups pr)', ['asa'], 'whoever is in none'],
    // Operators.
    ['userName ne "bob@corp.example"', ['ann', 'asa'], 'ne'],
    ['userName co "CORP"', ['ann', 'bob', 'asa'], 'co'],
    ['userName sw "å"', ['asa'], 'sw'],
    ['userName ew "example"', ['ann', 'bob', 'asa'], 'ew'],
    ['userName gt "ann@corp.example"', ['bob', 'asa'], 'gt'],
    ['userName ge "ANN@corp.example"', ['ann', 'bob', 'asa'], 'ge'],
    ['userName lt "bob@corp.example"', ['ann'], 'lt'],
    ['userName le "bob@corp.example"', ['ann', 'bob'], 'le'],
    ['externalId gt "00uAnn"', ['bob'], 'order by code point where case matters'],
    ['externalId pr', ['ann', 'bob'], 'pr'],
    ['externalId eq null', ['asa'], 'null is no value'],
    ['externalId ne null', ['ann', 'bob'], 'null is no value'],
    ['nickName pr', ['asa'], 'pr'],
    ['title eq "engineer"', ['ann'], 'eq, in the document'],
    ['title co "%"', ['bob'], 'a per cent sign is no wildcard'],
    ['title co "50%_o"', ['bob'], 'nor is an underscore'],
    ['title co "_"', ['bob'], 'nor is an underscore'],
    ['title ew "\\\\\\"DEAL\\""', ['bob'], 'escapes are those of JSON'],
    ['title sw "\\u0035\\u0030"', ['bob'], 'escapes are those of JSON'],
    ['name.familyName eq "ÅNGSTRÖM"', ['asa'], 'a sub-attribute'],
    ['active eq true', ['ann', 'asa'], 'booleans'],
    ['active eq "False"', ['bob'], 'booleans as Entra writes them'],
    ['active ne false', ['ann', 'asa'], 'booleans'],
    ['active pr', ['ann', 'bob', 'asa'], 'booleans'],
    ['emails.primary eq true', ['ann'], 'booleans in elements'],
    ['roles[primary eq "True"].value eq "admin"', ['bob'], 'booleans in elements'],
    [`${enterpriseUser}:department eq "R&D"`, ['bob', 'asa'], 'extensions'],
    [`${enterpriseUser}:employeeNumber eq 7`, ['bob'], 'a number for a text of digits'],
    [`${enterpriseUser} pr`, ['bob', 'asa'], 'a whole extension'],
    [`${coreUser}:userName sw "b"`, ['bob'], 'with the core schema in front'],
    ['favourite.colour eq "green"', ['ann'], 'what no schema declares'],
    ['favourite.number gt 6', ['ann'], 'what no schema declares'],
    // Time.
    ['meta.created eq "2026-03-01T13:00:00Z"', ['bob'], 'instants'],
    ['meta.created eq "2026-03-01T14:00:00.000+01:00"', ['bob'], 'whatever the offset'],
    ['meta.created gt "2026-03-01T13:00:00Z"', ['asa'], 'gt'],
    ['meta.created ge "2026-03-01T13:00:00Z"', ['bob', 'asa'], 'ge'],
    ['meta.created lt "2026-03-01T12:00:00.001Z"', ['ann'], 'lt'],
    ['meta.created le "0001-01-01T00:00:00Z"', [], 'the first of times'],
    ['meta.created lt "9999-12-31T23:59:59.999Z"', ['ann', 'bob', 'asa'], 'the last of times'],
    ['meta.lastModified ge "2026-03-01T15:00:00Z"', ['asa'], 'only who changed'],
    ['meta pr', ['ann', 'bob', 'asa'], 'meta'],
    ['meta.resourceType eq "User"', ['ann', 'bob', 'asa'], 'meta'],
    ['meta.resourceType eq "Group"', [], 'meta'],
    // Structure.
    ['title pr and active eq true', ['ann'], 'and'],
    ['title pr or nickName pr', ['ann', 'bob', 'asa'], 'or'],
    ['nickName pr or title pr and active eq true', ['ann', 'asa'], 'and before or'],
    ['(nickName pr or title pr)and(active eq true)', ['ann', 'asa'], 'brackets, without blanks'],
    ['not (title pr)', ['asa'], 'not'],
    ['not(title pr)and not (groups pr)', ['asa'], 'not'],
    ['NOT (title PR) AND userName Eq "åsa@corp.example"', ['asa'], 'operators in any case'],
    ['USERNAME eq "bob@corp.example"', ['bob'], 'names in any case'],
    ['EMAILS[TYPE eq "work"].VALUE sw "bob"', ['bob'], 'names in any case'],
    ['schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"', ['bob', 'asa'], 'schemas'],
    ['password eq "x"', [], 'what is kept nowhere'],
    ['constructor eq "x" or __proto__ pr or toString pr', undefined, 'names JavaScript knows'],
    ['nobodyHasThis pr', [], 'unknown names'],
  ])('%s', async (filter, expected, _about) => {
    if (expected) expect((await found('/Users', filter)).toSorted()).toEqual(expected.toSorted())
    else expect([200, 400]).toContain((await client.send('GET', filtered('/Users', filter))).status)
  })

  test.each([
    'userName eq',
    'userName',
    'userName eq bob',
    'userName is "bob"',
    '"bob" eq userName',
    'userName eq "bob" and',
    'userName eq "bob" or or active eq true',
    '(userName eq "bob"',
    'userName eq "bob")',
    'userName eq "bob',
    'userName eq "\\x"',
    'emails[type eq "work"',
    'emails[type eq "work"].value',
    'emails[emails[type eq "a"]]',
    'not userName eq "bob"',
    'userName eq "bob" nickName pr',
    'active gt true',
    'active co true',
    'active eq "maybe"',
    'meta.created gt "yesterday"',
    'meta.created sw "2026-03-01T13:00:00Z"',
    'meta.created eq "2026-02-30T00:00:00Z"',
    'name eq "Lee"',
    'userName gt null',
    'meta.version pr',
    'groups[$ref pr]',
    'userName eq "\\u0000"',
    'userName eq "\\ud800"',
    `${'('.repeat(60)}userName pr${')'.repeat(60)}`,
    `${'not ('.repeat(5_00)}userName pr${')'.repeat(5_00)}`,
  ])('refuses %s', async (filter) => {
    expect(await client.send('GET', filtered('/Users', filter))).toMatchObject(refusal(400, 'invalidFilter'))
  })

  test('refuses more comparisons than it will make', async () => {
    const filter = Array.from({ length: 300 }, (_, i) => `title eq "${i}"`).join(' or ')
    expect(await client.send('GET', filtered('/Users', filter))).toMatchObject(refusal(400, 'tooMany'))
  })

  test('refuses two filters, and takes an empty one for none', async () => {
    expect(await client.send('GET', '/Users?filter=active+eq+true&filter=title+pr')).toMatchObject(
      refusal(400, 'invalidFilter'),
    )
    expect((await client.send('GET', '/Users?filter=')).body.totalResults).toBe(3)
  })

  test('reads blanks as + and as %20', async () => {
    for (const query of ['userName+eq+%22bob@corp.example%22', 'userName%20eq%20%22bob%40corp.example%22'])
      expect((await client.send('GET', `/Users?filter=${query}`)).body.totalResults).toBe(1)
  })
})

describe('RFC 7644 §3.4.2.2 looking people up by address', () => {
  test('follows their addresses as they change', async () => {
    const book = await createScimClient(server)
    const work = { value: 'A@x.example', type: 'work', primary: true }
    const [home, other] = [
      { value: 'b@x.example', type: 'home' },
      { value: 'c@x.example', type: 'other' },
    ]
    const id = await addUser(book, 'ann@corp.example', { emails: [work, home] })
    // Who is found, and how many addresses are kept besides the primary one.
    const known = async () => {
      const found = []
      for (const address of ['a', 'b', 'c', 'd']) {
        const { body } = await book.send('GET', filtered('/Users', `emails.value eq "${address}@x.example"`))
        const { body: inBrackets } = await book.send(
          'GET',
          filtered('/Users', `emails[value eq "${address}@x.example" and not (type eq "fax")]`),
        )
        expect(inBrackets).toEqual(body)
        if (body.totalResults === 1) found.push(address)
      }
      const { rows } = await server.db.pool.query('select from directory_addresses where user_id = $1', [id])
      return `${found.join('')} ${rows.length}`
    }
    const put = (...emails: object[]) => book.send('PUT', `/Users/${id}`, person('ann@corp.example', { emails }))
    expect(await known()).toBe('ab 1')
    await put({ ...work, primary: false }, { ...home, primary: true }, other)
    expect(await known(), 'another is the primary one').toBe('abc 2')
    await put(other, { value: 'd@x.example' })
    expect(await known(), 'without a primary one').toBe('cd 2')
    await book.send(
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'replace', path: 'emails[type eq "other"].value', value: 'a@X.example' }),
    )
    expect(await known()).toBe('ad 2')
    await book.send('PATCH', `/Users/${id}`, patch({ op: 'remove', path: 'emails' }))
    expect(await known()).toBe(' 0')
    await put(work, home)
    await book.send('DELETE', `/Users/${id}`)
    expect(await known()).toBe(' 0')
  })

  test('asks whether all of a condition holds, not only the address', async () => {
    for (const [filter, expected] of [
      ['emails.value eq "bob@corp.example" and active eq true', []],
      ['emails.value eq "bob@corp.example" or active eq true', ['ann', 'bob', 'asa']],
      ['not (emails.value eq "bob@corp.example")', ['ann', 'asa']],
      ['emails[value eq "bob@corp.example" or type eq "home"]', ['ann', 'bob', 'asa']],
      ['emails[not (value eq "bob@corp.example")]', ['ann', 'asa']],
      ['emails.value eq "bob@corp.example" and emails.value eq "ann@home.example"', []],
      ['emails.value eq "asa@work.example" and emails.value eq "asa@corp.example"', ['asa']],
    ] as const)
      expect((await found('/Users', filter)).toSorted(), filter).toEqual([...expected].toSorted())
  })
})

describe('RFC 7644 §3.4.2.2 filters on groups', () => {
  test.each([
    ['displayName eq "eng"', ['eng']],
    ['displayName eq "éMPTY"', ['empty']],
    ['displayName co "&"', ['ops']],
    ['externalId eq "g-Ops"', ['ops']],
    ['externalId eq "g-ops"', []],
    ['id eq "{eng}" and members eq "{bob}"', ['eng']],
    ['id eq "{ops}" and members eq "{bob}"', []],
    ['members eq "{ann}"', ['eng', 'ops']],
    ['members.value eq "{bob}"', ['eng']],
    ['members[value eq "{bob}"]', ['eng']],
    ['members[value eq "{ann}" and display eq "bob@corp.example"]', []],
    ['members.display sw "BOB"', ['eng']],
    ['members[type eq "User"]', ['eng', 'ops']],
    ['members pr', ['eng', 'ops']],
    ['not (members pr)', ['empty']],
    ['not (members eq "{bob}")', ['ops', 'empty']],
    ['meta.lastModified gt "2026-03-01T14:30:00Z"', ['ops']],
    ['meta.resourceType eq "Group" and displayName pr', ['eng', 'ops', 'empty']],
  ])('%s', async (filter, expected) => {
    expect((await found('/Groups', filter)).toSorted()).toEqual([...expected].toSorted())
  })
})

describe('RFC 7644 §3.4.2.2 filters and what is shown', () => {
  test('agree: every filter finds those whose answer it describes', async () => {
    const random = new Random(20260301)
    const crowd = await createScimClient(server)
    const made: string[] = []
    for (let i = 0; i < 40; i++) {
      const { id: _id, groups: _groups, meta: _meta, ...user } = randomUser(random, `${i}@x.example`)
      server.clock.advance(1_000)
      const { status, body } = await crowd.send('POST', '/Users', user)
      if (status === 201) made.push(body.id)
      else expect([400, 409], JSON.stringify(body)).toContain(status)
    }
    expect(made.length).toBeGreaterThan(20)
    for (const name of ['ann', 'Ä', '100%', 'work'])
      await addGroup(crowd, name, ...made.filter(() => random.chance(0.3)))
    const { body: all } = await crowd.send('GET', '/Users?count=1000')
    let hits = 0
    for (let n = 0; n < 250; n++) {
      const filter = randomFilter(random, 2)
      const text = printFilter(filter)
      const answer = await crowd.send('GET', filtered('/Users', text, '&count=1000&attributes=id'))
      const expected = all.Resources.flatMap((user: { id: string }) => {
        const match = matchFilter(filter, user, userType)
        return match.ok ? (match.value ? [user.id] : []) : ['refused']
      })
      if (expected[0] === 'refused') expect(answer, text).toMatchObject(refusal(400, 'invalidFilter'))
      else
        expect(
          answer.body.Resources.map(({ id }: { id: string }) => id),
          text,
        ).toEqual(expected)
      if (expected.length > 0 && expected.length < made.length) hits += 1
    }
    expect(hits, 'filters that tell people apart').toBeGreaterThan(50)
  })
})
