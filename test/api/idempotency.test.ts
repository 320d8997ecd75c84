import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { IssuedApiKey } from '#contracts/environments.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { readLog } from '../support/log.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

// Other test files have databases on the same server.
const waiting = `select from pg_locks join pg_database d on d.oid = database
  where not granted and locktype = 'relation' and d.datname = current_database()`

/** Holds every writer up until all of them wait, so that none can see what another did. */
async function whileNobodyCanWrite<T>(times: number, request: () => Promise<T>): Promise<T[]> {
  const holder = await server.db.pool.connect()
  try {
    await holder.query('begin')
    await holder.query('lock table organizations in exclusive mode')
    const answers = Promise.all(Array.from({ length: times }, request))
    await expect.poll(async () => (await holder.query(waiting)).rowCount, { timeout: 10_000 }).toBe(times)
    await holder.query('commit')
    return await answers
  } finally {
    holder.release()
  }
}

const withKey = (key: string) => ({ 'idempotency-key': key })

describe('a POST with an Idempotency-Key', () => {
  test('sent again gets the first answer, and happened once', async () => {
    const { api } = await server.environment()
    const request = { body: { name: 'Acme' }, headers: withKey('one') }
    const first = await api<Organization>('POST', '/organizations', request)
    server.clock.advance(60_000)
    const second = await api<Organization>('POST', '/organizations', request)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.text).toBe(first.text)
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect((await readLog(api)).map((event) => event.event)).toEqual(['organization.created'])
  })

  test('gets the first answer even after the thing was changed or deleted', async () => {
    const { api } = await server.environment()
    const request = { body: { name: 'Acme' }, headers: withKey('one') }
    const first = await api<Organization>('POST', '/organizations', request)
    await api('DELETE', `/organizations/${first.body.id}`)
    expect((await api('POST', '/organizations', request)).text).toBe(first.text)
  })

  test('with another body is refused, and nothing happens', async () => {
    const { api } = await server.environment()
    await api('POST', '/organizations', { body: { name: 'Acme' }, headers: withKey('bar') })
    const answer = await api('POST', '/organizations', { body: { name: 'Other' }, headers: withKey('bar') })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toMatch(/^Another idempotency key \(bar\) with different request parameters was found/)
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(1)
  })

  test('with another key happens again', async () => {
    const { api } = await server.environment()
    for (const key of ['one', 'two'])
      await api('POST', '/organizations', { body: { name: 'Acme' }, headers: withKey(key) })
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(2)
  })

  test('on another path is another request', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: { name: 'Acme' },
      headers: withKey('one'),
    })
    const answer = await api('POST', '/organization_domains', {
      body: { organization_id: made.id, domain: 'acme.test' },
      headers: withKey('one'),
    })
    expect(answer.status).toBe(201)
  })

  test('of another environment knows nothing of the first', async () => {
    const [one, two] = [await server.environment(), await server.environment()]
    const first = await one.api<Organization>('POST', '/organizations', { body: { name: 'A' }, headers: withKey('k') })
    const second = await two.api<Organization>('POST', '/organizations', { body: { name: 'B' }, headers: withKey('k') })
    expect(second.status).toBe(201)
    expect(second.body.id).not.toBe(first.body.id)
  })

  test('sent many times at once makes one thing, and everybody gets it', async () => {
    const { api } = await server.environment()
    const request = { body: { name: 'Acme', external_id: 'acme' }, headers: withKey('race') }
    const answers = await whileNobodyCanWrite(6, () => api<Organization>('POST', '/organizations', request))
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(1)
    expect(await readLog(api)).toHaveLength(1)
  })

  test('sent at once with different bodies is granted to one and refused to the others', async () => {
    const { api } = await server.environment()
    let number = 0
    const answers = await whileNobodyCanWrite(4, () =>
      api('POST', '/organizations', { body: { name: `${number++}` }, headers: withKey('race') }),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400])
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(1)
  })

  test('that failed is not remembered: the repeat may succeed', async () => {
    const { api } = await server.environment()
    const { body: owner } = await api<Organization>('POST', '/organizations', {
      body: { name: 'A', domains: ['a.test'] },
    })
    const request = { body: { name: 'B', domains: ['a.test'] }, headers: withKey('one') }
    expect((await api('POST', '/organizations', request)).status).toBe(409)
    await api('DELETE', `/organizations/${owner.id}`)
    expect((await api('POST', '/organizations', request)).status).toBe(201)
  })

  test('that only verified a domain is remembered as well', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: { name: 'A', domain_data: [{ domain: 'a.test', state: 'pending' }] },
    })
    const domain = made.domains[0]
    server.dns.set('a.test', [[domain?.verification_token ?? '']])
    const verify = () => api('POST', `/organization_domains/${domain?.id}/verify`, { headers: withKey('one') })
    const [first, second] = [await verify(), await verify()]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.text).toBe(first.text)
  })

  test('shows a new API key again, which its first caller may never have received', async () => {
    const { api, id } = await server.environment()
    const request = { body: { name: 'Deploy' }, headers: withKey('one') }
    const first = await api<IssuedApiKey>('POST', `/environments/${id}/api_keys`, request)
    const second = await api<IssuedApiKey>('POST', `/environments/${id}/api_keys`, request)
    expect(second.body.value).toBe(first.body.value)
  })

  test.each([
    ['empty', ''],
    ['255 characters long', 'k'.repeat(255)],
    ['in quotes', '"abc"'],
    ['odd', 'retry-5b1f%00é\t;'],
  ])('may be %s', async (_claim, key) => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organizations', { body: { name: 'Acme' }, headers: withKey(key) })
    expect(answer.status).toBe(201)
  })
})

test('keys that share their first 255 characters are still two keys', async () => {
  const { api } = await server.environment()
  const long = 'k'.repeat(255)
  for (const tail of ['a', 'b'])
    await api('POST', '/organizations', { body: { name: tail }, headers: withKey(long + tail) })
  expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(2)
})

test('a key longer than an index entry, on a path longer than one, is honoured', async () => {
  const { api } = await server.environment()
  // Random, because PostgreSQL compresses before it measures.
  const request = { body: { name: 'Acme' }, headers: withKey(randomBytes(2500).toString('hex')) }
  const path = `/organizations?padding=${randomBytes(2500).toString('hex')}`
  const [first, second] = [await api('POST', path, request), await api('POST', path, request)]
  expect([first.status, second.text]).toEqual([201, first.text])
})

test('a form is told from another form', async () => {
  const { api } = await server.environment()
  const post = (raw: string) =>
    api('POST', '/organizations', {
      raw,
      headers: { ...withKey('one'), 'content-type': 'application/x-www-form-urlencoded' },
    })
  expect((await post('name=Acme')).status).toBe(201)
  expect((await post('name=Other')).status).toBe(400)
})

test('a key means nothing on requests other than POST', async () => {
  const { api } = await server.environment()
  const { body: made } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
  const path = `/organizations/${made.id}`
  for (const name of ['One', 'Two']) await api('PUT', path, { body: { name }, headers: withKey('same') })
  expect((await api<Organization>('GET', path, { headers: withKey('same') })).body.name).toBe('Two')
})

test('an answer that shows a secret is repeated, and kept where nobody can read it', async () => {
  const { api, id } = await server.environment()
  const create = () =>
    api<IssuedApiKey>('POST', `/environments/${id}/api_keys`, {
      body: { name: 'CI' },
      headers: { 'idempotency-key': 'secret-answer' },
    })
  const { body } = await create()
  expect((await create()).body.value).toBe(body.value)
  const { rows } = await server.db.pool.query<{ answer: string }>(
    'select answer from idempotency_keys where environment_id = $1',
    [id],
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]?.answer).not.toContain(body.value)
  expect(Buffer.from(rows[0]?.answer.split('.').at(-1) ?? '', 'base64url').toString('latin1')).not.toContain(body.value)
})
