import { WorkOS } from 'workos-11'
import { expect, test } from 'vitest'
import type { WebhookEndpoint, WebhookTest } from '#contracts/webhooks.ts'
import { useTestServer } from '../support/server.ts'
import { subscribe } from './worker.ts'

const server = useTestServer({ development: false })

test('SDK 11 creates, lists, changes and deletes endpoints', async () => {
  const { apiKey } = await server.environment()
  const { webhooks } = new WorkOS(apiKey.value, { apiHostname: 'localhost', port: server.port, https: false })
  const created = await webhooks.createWebhookEndpoint({
    endpointUrl: 'https://hooks.example/workos',
    events: ['dsync.user.created'],
  })
  expect(created).toMatchObject({
    object: 'webhook_endpoint',
    endpointUrl: 'https://hooks.example/workos',
    status: 'enabled',
    events: ['dsync.user.created'],
  })
  expect(created.secret).toMatch(/^whsec_.{32}$/)
  expect((await webhooks.listWebhookEndpoints()).data).toEqual([created])
  const changed = await webhooks.updateWebhookEndpoint({ id: created.id, status: 'disabled', events: ['user.created'] })
  expect(changed).toMatchObject({
    id: created.id,
    secret: created.secret,
    status: 'disabled',
    events: ['user.created'],
  })
  await webhooks.deleteWebhookEndpoint({ id: created.id })
  expect((await webhooks.listWebhookEndpoints()).data).toEqual([])
})

test('an event nobody knows is refused with the nearest', async () => {
  const { api } = await server.environment()
  const body = { endpoint_url: 'https://hooks.example/', events: ['dsync.user.craeted'] }
  const { status, text } = await api('POST', '/webhook_endpoints', { body })
  expect([status, text]).toEqual([422, expect.stringContaining(`the nearest is 'dsync.user.created'`)])
})

test('in production endpoints are https, and those on this machine or its network get nothing', async () => {
  const environment = await server.environment()
  const body = { endpoint_url: 'http://hooks.example/', events: ['user.created'] }
  expect((await environment.api('POST', '/webhook_endpoints', { body })).body.code).toBe('invalid_url')
  const { id }: WebhookEndpoint = await subscribe(environment, `https://127.0.0.1:${server.port}/`)
  const sent = await environment.api<WebhookTest>('POST', `/webhook_endpoints/${id}/test`, { body: {} })
  expect(sent.body).toMatchObject({ delivered: false, status: null, error: 'private address' })
})
