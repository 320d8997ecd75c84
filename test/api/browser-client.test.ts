import { expect, test } from 'vitest'
import { listEvents } from '#contracts/events.ts'
import {
  createOrganization,
  deleteOrganization,
  getOrganizationByExternalId,
  listOrganizations,
} from '#contracts/organizations.ts'
import { ApiError, call } from '#web/api/call.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

test('the typed client calls operations as the contract says them', async () => {
  const { apiKey } = await server.environment()
  const api = { baseUrl: server.url, key: apiKey.value }
  const made = await call(api, createOrganization, { body: { name: 'Acme', external_id: 'a/b@c|d' } })
  expect(made).toMatchObject({ object: 'organization', name: 'Acme' })
  expect(await call(api, getOrganizationByExternalId, { params: { external_id: 'a/b@c|d' } })).toEqual(made)
  const page = await call(api, listOrganizations, { query: { limit: 1, order: 'desc' } })
  expect(page.data.map(({ id }) => id)).toEqual([made.id])
  const events = await call(api, listEvents, { query: { events: ['organization.created', 'organization.updated'] } })
  expect(events.data).toHaveLength(1)
  expect(await call(api, deleteOrganization, { params: { id: made.id } })).toBeUndefined()
})

test('a refusal is thrown with its code, its fields and the request id', async () => {
  const { apiKey } = await server.environment()
  const api = { baseUrl: server.url, key: apiKey.value }
  const refused = call(api, getOrganizationByExternalId, { params: { external_id: 'nobody' } })
  await expect(refused).rejects.toMatchObject({ status: 404, code: 'entity_not_found', requestId: expect.any(String) })
  const invalid = call(api, listOrganizations, { query: { limit: 0 } })
  await expect(invalid).rejects.toBeInstanceOf(ApiError)
  await expect(invalid).rejects.toMatchObject({ status: 422, errors: [{ field: 'limit' }] })
})
