import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { signers, signWebhook } from './signature.ts'

const require = createRequire(import.meta.url)

interface Sdk {
  WorkOS: new (key: string) => {
    webhooks: {
      constructEvent(input: { payload: unknown; sigHeader: string; secret: string }): Promise<{ id: string }>
    }
  }
}

const body = JSON.stringify({
  id: 'event_1',
  event: 'organization.created',
  data: { object: 'organization', id: 'org_1', name: 'Ünïcode 日本 "quoted" </script>', domains: [] },
  created_at: '2026-03-01T12:00:00.000Z',
})

describe.each(['workos-7', 'workos-8', 'workos-11'])('the unmodified SDK %s', (name) => {
  const { WorkOS } = require(name) as Sdk // its types differ by major
  const verify = (sigHeader: string, secret = 'one') =>
    new WorkOS('sk_test_x').webhooks.constructEvent({ payload: JSON.parse(body) as unknown, sigHeader, secret })

  test('accepts a delivery', async () => {
    expect((await verify(signWebhook(body, ['one'], new Date()))).id).toBe('event_1')
  })

  test.each([
    ['another secret', signWebhook(body, ['two'], new Date())],
    ['another body', signWebhook(`${body} `, ['one'], new Date())],
    ['a time long past', signWebhook(body, ['one'], new Date(new Date().getTime() - 4 * 60_000))],
  ])('refuses %s', async (_claim, header) => {
    await expect(verify(header)).rejects.toThrow(/signature|tolerance/i)
  })

  test.each(['one', 'two'])(
    'accepts the first or the second attempt during an overlap, knowing secret %s',
    async (secret) => {
      const accepted = await Promise.allSettled(
        [1, 2].map((attempt) => verify(signWebhook(body, signers(['two', 'one'], attempt), new Date()), secret)),
      )
      expect(accepted.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    },
  )
})
