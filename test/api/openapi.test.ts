import { expect, test } from 'vitest'
import type { OpenApi } from '#contracts/openapi.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

test('the description of the API needs no key and names every operation once', async () => {
  const { api } = await server.environment()
  const { status, body } = await api<OpenApi>('GET', '/openapi.json', { key: null })
  expect(status).toBe(200)
  expect(body.openapi).toBe('3.1.1')
  const ids = Object.values(body.paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId))
  expect(ids).toContain('createOrganization')
  expect(new Set(ids).size).toBe(ids.length)
})

test('every reference in the description leads somewhere', async () => {
  const { api } = await server.environment()
  const { text, body } = await api<OpenApi>('GET', '/openapi.json')
  const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '')
  expect(names.length).toBeGreaterThan(10)
  expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(names))
})
