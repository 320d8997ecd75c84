import { describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { CorsOrigin, Homepage, RedirectUri } from '#contracts/redirects.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

const redirects = '/user_management/redirect_uris'
const logouts = '/user_management/logout_uris'
const origins = '/user_management/cors_origins'
const homepage = '/user_management/homepage_url'

const register = (api: TestEnvironment['api'], path: string, uri: string, isDefault?: boolean) =>
  api<RedirectUri>('POST', path, { body: { uri, ...(isDefault !== undefined && { default: isDefault }) } })

/** The registered addresses, oldest first, the default with a star in front. */
async function listed(api: TestEnvironment['api'], path: string): Promise<string[]> {
  const { body } = await api<Page<RedirectUri>>('GET', `${path}?order=asc`)
  return body.data.map((item) => `${item.default ? '* ' : ''}${item.uri}`)
}

describe.each([
  ['redirect URIs', redirects, 'redirect_uri', /^redir_/, 'redirect_uri_already_exists', 422],
  ['sign-out redirects', logouts, 'logout_uri', /^logout_uri_/, 'logout_uri_already_exists', 409],
] as const)('%s', (_name, path, object, id, duplicateCode, duplicateStatus) => {
  test('the first is the default, the next are not', async () => {
    const { api } = await server.environment('production')
    const first = await register(api, path, 'https://example.com/a')
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      object,
      id: expect.stringMatching(id),
      uri: 'https://example.com/a',
      default: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
    expect((await register(api, path, 'https://example.com/b')).body.default).toBe(false)
    expect(await listed(api, path)).toEqual(['* https://example.com/a', 'https://example.com/b'])
  })

  test('the first is the default even if it asks not to be', async () => {
    const { api } = await server.environment()
    expect((await register(api, path, 'https://example.com/a', false)).body.default).toBe(true)
  })

  test('making another the default unmakes the one before', async () => {
    const { api } = await server.environment()
    await register(api, path, 'https://example.com/a')
    const { body: b } = await register(api, path, 'https://example.com/b')
    await api('PUT', `${path}/${b.id}`, { body: { default: true } })
    expect(await listed(api, path)).toEqual(['https://example.com/a', '* https://example.com/b'])
    await register(api, path, 'https://example.com/c', true)
    expect(await listed(api, path)).toEqual([
      'https://example.com/a',
      'https://example.com/b',
      '* https://example.com/c',
    ])
  })

  test('a wildcard is not the default; the first address without one is', async () => {
    const { api } = await server.environment()
    expect((await register(api, path, 'https://*.example.com/a')).body.default).toBe(false)
    expect((await register(api, path, 'https://example.com/b')).body.default).toBe(true)
    const refused = await api('POST', path, { body: { uri: 'https://*.example.com/c', default: true } })
    expect([refused.status, refused.body.errors?.[0]?.code]).toEqual([422, 'uri_wildcard_as_default'])
  })

  test('a default cannot turn into a wildcard, nor a wildcard into a default', async () => {
    const { api } = await server.environment()
    const { body: a } = await register(api, path, 'https://example.com/a')
    const { body: wild } = await register(api, path, 'https://*.example.com/b')
    for (const [item, body] of [
      [a, { uri: 'https://*.example.com/a' }],
      [wild, { default: true }],
    ] as const) {
      const answer = await api('PUT', `${path}/${item.id}`, { body })
      expect([answer.status, answer.body.errors?.[0]?.code]).toEqual([422, 'uri_wildcard_as_default'])
    }
    expect(await listed(api, path)).toEqual(['* https://example.com/a', 'https://*.example.com/b'])
  })

  test('an address can be changed in place', async () => {
    const { api } = await server.environment()
    const { body: a } = await register(api, path, 'https://example.com/a')
    server.clock.advance(1000)
    const { status, body } = await api<RedirectUri>('PUT', `${path}/${a.id}`, {
      body: { uri: 'https://example.com/z' },
    })
    expect([status, body]).toEqual([
      200,
      { ...a, uri: 'https://example.com/z', updated_at: server.clock.read().toISOString() },
    ])
  })

  test('a change that changes nothing keeps updated_at', async () => {
    const { api } = await server.environment()
    const { body: a } = await register(api, path, 'https://example.com/a')
    server.clock.advance(1000)
    expect((await api('PUT', `${path}/${a.id}`, { body: { uri: a.uri, default: true } })).body).toEqual(a)
    expect((await api('PUT', `${path}/${a.id}`, { body: {} })).body).toEqual(a)
  })

  test('a duplicate is refused, made new or by a change', async () => {
    const { api } = await server.environment()
    await register(api, path, 'https://example.com/a')
    const { body: b } = await register(api, path, 'https://example.com/b')
    const again = await api('POST', path, { body: { uri: 'https://example.com/a' } })
    const changed = await api('PUT', `${path}/${b.id}`, { body: { uri: 'https://example.com/a' } })
    for (const answer of [again, changed]) {
      expect([answer.status, answer.body.code]).toEqual([duplicateStatus, duplicateCode])
      // What set-up tools look for.
      expect(answer.body.message).toContain('already exists')
    }
  })

  test('a refusal names the rule and the address', async () => {
    const { api } = await server.environment('production')
    const answer = await api('POST', path, { body: { uri: 'http://example.com/a' } })
    expect(answer.status).toBe(422)
    expect(answer.body).toEqual({
      message: 'Validation failed',
      code: 'invalid_redirect_uri',
      errors: [
        {
          field: 'uri',
          code: 'uri_scheme',
          message: "'http://example.com/a' must use https in production; http is for http://127.0.0.1 alone.",
        },
      ],
    })
  })

  test.each([
    ['http://staging.example.com/a', 201, 422],
    ['http://localhost:3000/callback', 201, 422],
    ['http://127.0.0.1:8400/callback', 201, 201],
    ['https://*.example.com/a', 201, 422],
    ['http://localhost:*/callback', 201, 422],
    ['https://example.com/a?b=c', 201, 422],
    ['https://example.com/a#b', 422, 422],
    ['https://user@example.com/a', 422, 422],
    ['javascript:alert(1)', 422, 422],
    ['', 422, 422],
    [`https://example.com/${'x'.repeat(2040)}`, 422, 422],
  ])('%s is %i in staging and %i in production', async (uri, inStaging, inProduction) => {
    const statuses = []
    for (const kind of ['staging', 'production'] as const) {
      const { api } = await server.environment(kind)
      statuses.push((await register(api, path, uri)).status)
    }
    expect(statuses).toEqual([inStaging, inProduction])
  })

  test('production rules hold for a change as well', async () => {
    const { api } = await server.environment('production')
    const { body: a } = await register(api, path, 'https://example.com/a')
    const answer = await api('PUT', `${path}/${a.id}`, { body: { uri: 'https://*.example.com/a' } })
    expect([answer.status, answer.body.errors?.[0]?.code]).toEqual([422, 'uri_wildcard_in_production'])
  })

  test('many at once, each wanting to be the default, leave exactly one', async () => {
    const { api } = await server.environment()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => register(api, path, `https://example.com/${index}`, true)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201))
    expect((await listed(api, path)).filter((item) => item.startsWith('*'))).toHaveLength(1)
  })

  test('an id of the other kind is not found', async () => {
    const { api } = await server.environment()
    const other = path === redirects ? logouts : redirects
    const { body } = await register(api, other, 'https://example.com/a')
    const answers = [await api('PUT', `${path}/${body.id}`, { body: {} }), await api('DELETE', `${path}/${body.id}`)]
    for (const answer of answers) expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
  })
})

describe('removing', () => {
  test('the default redirect URI is kept while there are others', async () => {
    const { api } = await server.environment()
    const { body: a } = await register(api, redirects, 'https://example.com/a')
    const { body: b } = await register(api, redirects, 'https://example.com/b')
    const refused = await api('DELETE', `${redirects}/${a.id}`)
    expect([refused.status, refused.body.code]).toEqual([409, 'default_redirect_uri_required'])
    const unmade = await api('PUT', `${redirects}/${a.id}`, { body: { default: false } })
    expect([unmade.status, unmade.body.code]).toEqual([409, 'default_redirect_uri_required'])

    await api('PUT', `${redirects}/${b.id}`, { body: { default: true } })
    expect((await api('DELETE', `${redirects}/${a.id}`)).status).toBe(204)
    expect((await api('DELETE', `${redirects}/${b.id}`)).status).toBe(204)
    expect(await listed(api, redirects)).toEqual([])
    expect((await register(api, redirects, 'https://example.com/c')).body.default).toBe(true)
  })

  test('the default sign-out redirect may go: then people land on the homepage', async () => {
    const { api } = await server.environment()
    const { body: a } = await register(api, logouts, 'https://example.com/a')
    await register(api, logouts, 'https://example.com/b')
    expect((await api('DELETE', `${logouts}/${a.id}`)).status).toBe(204)
    expect(await listed(api, logouts)).toEqual(['https://example.com/b'])
  })

  test('or step back', async () => {
    const { api } = await server.environment()
    const { body: a } = await register(api, logouts, 'https://example.com/a')
    expect((await api('PUT', `${logouts}/${a.id}`, { body: { default: false } })).status).toBe(200)
    expect(await listed(api, logouts)).toEqual(['https://example.com/a'])
  })

  test.each([redirects, logouts, origins])('what is not there in %s is 404', async (path) => {
    const { api } = await server.environment()
    expect((await api('DELETE', `${path}/none`)).status).toBe(404)
  })
})

describe('origins', () => {
  test('are added, listed and removed', async () => {
    const { api } = await server.environment('production')
    const { status, body } = await api<CorsOrigin>('POST', origins, { body: { origin: 'https://app.example.com' } })
    expect(status).toBe(201)
    expect(body).toMatchObject({ object: 'cors_origin', origin: 'https://app.example.com' })
    expect((await api<Page<CorsOrigin>>('GET', origins)).body.data).toEqual([body])
    const again = await api('POST', origins, { body: { origin: 'https://app.example.com' } })
    expect([again.status, again.body.code]).toEqual([409, 'duplicate_cors_origin'])
    expect((await api('DELETE', `${origins}/${body.id}`)).status).toBe(204)
    expect((await api<Page<CorsOrigin>>('GET', origins)).body.data).toEqual([])
  })

  test('are refused with the rule they break, and with the form they should have', async () => {
    const { api } = await server.environment('production')
    const answer = await api('POST', origins, { body: { origin: 'https://App.example.com/' } })
    expect(answer.body).toMatchObject({
      code: 'invalid_origin',
      errors: [{ field: 'origin', code: 'origin_form', message: expect.stringContaining('https://app.example.com') }],
    })
    expect((await api('POST', origins, { body: { origin: 'http://app.example.com' } })).body.errors).toMatchObject([
      { code: 'origin_scheme' },
    ])
  })
})

describe('the homepage', () => {
  test('is nothing until set, and nothing again after null', async () => {
    const { api } = await server.environment('production')
    expect((await api<Homepage>('GET', homepage)).body).toEqual({ object: 'homepage_url', url: null })
    const url = 'https://example.com/?from=sign-out'
    expect((await api<Homepage>('PUT', homepage, { body: { url } })).body.url).toBe(url)
    expect((await api<Homepage>('GET', homepage)).body.url).toBe(url)
    await api('PUT', homepage, { body: { url: null } })
    expect((await api<Homepage>('GET', homepage)).body.url).toBeNull()
  })

  test.each(['http://example.com', 'https://*.example.com', 'javascript:alert(1)', '/home'])(
    '%s is refused in production',
    async (url) => {
      const { api } = await server.environment('production')
      const answer = await api('PUT', homepage, { body: { url } })
      expect([answer.status, answer.body.code]).toEqual([422, 'invalid_redirect_uri'])
      expect((await api<Homepage>('GET', homepage)).body.url).toBeNull()
    },
  )

  test('must be said: an empty request takes nothing away', async () => {
    const { api } = await server.environment()
    expect((await api('PUT', homepage, { body: {} })).status).toBe(422)
  })
})
