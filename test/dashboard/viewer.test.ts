import { describe, expect, test } from 'vitest'
import { openDashboard } from '../support/dashboard.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

interface Route {
  readonly method: string
  readonly path: string
}

/** What Fastify prints: a tree whose branches hold the further parts of a path, and the methods in brackets. */
function routesOf(tree: string): Route[] {
  const parents: string[] = []
  return tree.split('\n').flatMap((line) => {
    const found = /^(?<indent>[│ ]*)[├└]── (?<part>\S*)(?: \((?<methods>[A-Z, ]+)\))?/u.exec(line)?.groups
    if (!found) return []
    const depth = (found['indent'] ?? '').length / 4
    parents.length = depth
    parents.push(found['part'] ?? '')
    const path = parents.join('')
    return (found['methods']?.split(', ') ?? []).map((method) => ({ method, path }))
  })
}

/** Signing out is everybody's. */
const isSignOut = ({ method, path }: Route) => method === 'DELETE' && path === '/dashboard/api/session'

function writes(): Route[] {
  return routesOf(server.routes()).filter(
    (route) =>
      route.path.startsWith('/dashboard/api/') && !/^(?:GET|HEAD|OPTIONS)$/.test(route.method) && !isSignOut(route),
  )
}

/** A path with something in it for each parameter. */
function filled(path: string, environment: string): string {
  return path.replace(':dashboard_environment', environment).replaceAll(/:\w+/g, 'nobody')
}

describe('whoever may only look', () => {
  test('is refused by every route that changes something, and leaves no trace there', async () => {
    const [environment, viewer] = [await server.environment(), await openDashboard(server, 'viewer')]
    const routes = writes()
    expect(routes.length).toBeGreaterThan(100)
    const answers = []
    for (const { method, path } of routes) {
      const { status, body } = await viewer.ask(method, filled(path, environment.id), { body: {} })
      answers.push([method, path, status, body.code])
    }
    expect(answers).toEqual(routes.map(({ method, path }) => [method, path, 403, 'role_not_sufficient']))
    const { rows } = await server.deps.db.pool.query('select from audit_entries where email = $1', [viewer.email])
    expect(rows).toEqual([])
  })

  test('may sign out', async () => {
    const viewer = await openDashboard(server, 'viewer')
    expect((await viewer.ask('DELETE', '/dashboard/api/session')).status).toBe(204)
    expect((await viewer.ask('GET', `/dashboard/api/${(await server.environment()).id}/organizations`)).status).toBe(
      401,
    )
  })
})

test('every route that changes something wants the token of the session', async () => {
  const [environment, owner] = [await server.environment(), await openDashboard(server, 'owner')]
  const answers = []
  for (const { method, path } of writes()) {
    const headers = { 'x-gatehouse-csrf': null }
    const { status, body } = await owner.ask(method, filled(path, environment.id), { body: {}, headers })
    answers.push([method, path, status, body.code])
  }
  expect(answers).toEqual(writes().map(({ method, path }) => [method, path, 403, 'csrf_token_invalid']))
})

test('a look that is no GET leaves no entry in the audit trail', async () => {
  const [environment, admin] = [await server.environment(), await openDashboard(server)]
  const base = `/dashboard/api/${environment.id}`
  expect((await admin.ask('POST', `${base}/branding/previews`, { body: {} })).status).toBe(201)
  expect((await admin.ask('PUT', `${base}/branding`, { body: { application_name: 'Acme' } })).status).toBe(200)
  const { rows } = await server.deps.db.pool.query('select operation from audit_entries where email = $1', [
    admin.email,
  ])
  expect(rows).toEqual([{ operation: 'updateBranding' }])
})

test('the default role is told to the pages', async () => {
  const [environment, viewer] = [await server.environment(), await openDashboard(server, 'viewer')]
  const tell = async () =>
    (await viewer.ask<{ slug: string }>('GET', `/dashboard/api/${environment.id}/default_role`)).body.slug
  expect(await tell()).toBe('member')
  await environment.api('POST', '/authorization/roles', { body: { slug: 'admin', name: 'Admin' } })
  const order = { role_slugs: ['member', 'admin'], default_role_slug: 'admin' }
  expect((await environment.api('PUT', '/authorization/roles', { body: order })).status).toBe(200)
  expect(await tell()).toBe('admin')
})
