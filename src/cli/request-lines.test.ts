import type { FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tellAnswers } from '#http/answered.ts'
import { createServer } from '#http/server.ts'
import { RequestLines, shownPath } from './request-lines.ts'
import { Terminal } from './terminal.ts'

/** A server whose requests are printed, and the lines that were; a line that is waited for comes after those before it. */
async function serve(routes: (app: FastifyInstance) => void) {
  const lines: string[] = []
  let heard = () => undefined as void
  const out = {
    isTTY: false,
    write: (text: string) => {
      lines.push(text)
      heard()
    },
  } as unknown as NodeJS.WriteStream // all that a Terminal uses of it
  const shown = new RequestLines(new Terminal(out), () => new Date(2026, 0, 2, 9, 5, 7))
  const app = createServer({ logger: false, trustProxy: false })
  tellAnswers(app, shown.note)
  routes(app)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const nextLine = async (ask: () => Promise<unknown>) => {
    const line = new Promise<void>((resolve) => (heard = resolve))
    await ask()
    await line
    return lines.at(-1) ?? ''
  }
  return { url, lines, nextLine }
}

test('a line says when, what, how it went, how long it took and under which id; nothing of what was sent', async () => {
  const { url, lines, nextLine } = await serve((app) => {
    app.post('/sso/token', (_request, reply) =>
      reply.status(201).header('set-cookie', 'session=hush-cookie').send('hush-answer'),
    )
  })
  let id = ''
  const line = await nextLine(async () => {
    const answer = await fetch(`${url}/sso/token?client_secret=hush-query`, {
      method: 'POST',
      headers: { authorization: 'Bearer hush-token', cookie: 'a=hush-cookie', 'content-type': 'application/json' },
      body: '{"code":"hush-body"}',
    })
    id = answer.headers.get('x-request-id') ?? 'none'
  })
  expect(line).toMatch(new RegExp(`^  09:05:07  POST   /sso/token +201 +[\\d.]+ ms  ${id}\\n$`))
  expect(lines.join('')).not.toContain('hush')
})

test('a path that leads nowhere has a line, as has one that a plugin serves', async () => {
  const { url, nextLine } = await serve((app) => {
    void app.register(async (door) => void door.get('/inside', (_request, reply) => reply.send('')))
  })
  expect(await nextLine(() => fetch(`${url}/nowhere`))).toMatch(/GET {4}\/nowhere +404/)
  expect(await nextLine(() => fetch(`${url}/inside`))).toMatch(/GET {4}\/inside +200/)
})

test('files, health and live streams are not worth a line', async () => {
  const { url, lines, nextLine } = await serve((app) => {
    app.get('/stream', (_request, reply) => reply.type('text/event-stream; charset=utf-8').send('data: 1'))
    app.get('/*', (_request, reply) => reply.send(''))
  })
  const quiet = ['/healthz', '/readyz', '/dashboard/assets/index-A1b2.js', '/favicon.ico', '/api/environment_1/live']
  for (const path of [...quiet, '/stream']) await (await fetch(url + path)).text()
  expect(await nextLine(() => fetch(`${url}/organizations`))).toContain('/organizations')
  expect(lines).toHaveLength(1)
})

describe('the path', () => {
  test.each([
    ['/organizations/org_01J?x=1', '/organizations/org_01J'],
    ['/scim/v2.0/k3/Users/directory_user_01J', '/scim/v2.0/k3/Users/directory_user_01J'],
    ['/user_management/invitations/by_token/Z1ui4VbQeYpRkTwXaMnBc', '/user_management/invitations/by_token/…'],
    ['/user_management/invitations/by_token/spelled-like-a-word', '/user_management/invitations/by_token/…'],
    ['/user_management/users/external_id/Ada%20L', '/user_management/users/external_id/…'],
    ['/keys/sk_test_Abc123', '/keys/…'],
    ['/a/%1b%5b31m', '/a/…'],
    ['/', '/'],
  ])('%s is shown as %s', (url, shown) => {
    expect(shownPath(url)).toBe(shown)
  })
})
