import fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { loginCookies } from './cookies.ts'

/** What a server at an address reads of a header, and what it sends. */
async function at(baseUrl: string, cookie: string): Promise<{ read: string | undefined; sent: string }> {
  const cookies = loginCookies(baseUrl)
  const app = fastify()
  app.get('/', (request, reply) => {
    cookies.write(reply, 'login', 'ours')
    return reply.send({ read: cookies.read(request, 'login') })
  })
  const answer = await app.inject({ url: '/', headers: { cookie } })
  await app.close()
  const { read } = answer.json<{ read?: string }>()
  return { read, sent: String(answer.headers['set-cookie']) }
}

describe('a cookie of the login box', () => {
  test.each([
    ['its own', 'http://localhost:4100', 'gatehouse_login_4100=a', 'a'],
    ['that of a neighbour on another port', 'http://localhost:4100', 'gatehouse_login_4101=a', undefined],
    [
      'that of a neighbour beside its own',
      'http://localhost:4100',
      'gatehouse_login_3000=b; gatehouse_login_4100=a',
      'a',
    ],
    [
      'two of its name: one was planted',
      'http://localhost:4100',
      'gatehouse_login_4100=b; gatehouse_login_4100=a',
      undefined,
    ],
    ['one that a neighbouring host may plant', 'https://id.test', 'gatehouse_login_443=a', undefined],
    ['one that no neighbouring host may plant', 'https://id.test', '__Host-gatehouse_login=a', 'a'],
  ])('is read from %s or is not', async (_which, baseUrl, header, read) => {
    expect((await at(baseUrl, header)).read).toBe(read)
  })

  test('is bound to this host, and no script or other site’s form has it', async () => {
    expect((await at('https://id.test', '')).sent).toBe(
      '__Host-gatehouse_login=ours; Path=/; HttpOnly; SameSite=Lax; Secure',
    )
    expect((await at('http://localhost:4100', '')).sent).toBe(
      'gatehouse_login_4100=ours; Path=/; HttpOnly; SameSite=Lax',
    )
  })
})
