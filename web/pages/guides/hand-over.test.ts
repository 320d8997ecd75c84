import { expect, test } from 'vitest'
import { samlGuideFor, scimGuideFor } from '#contracts/guides/find-guide.ts'
import { handOver } from './hand-over.ts'

const values = { acs_url: 'https://us.test/acs', sp_entity_id: 'https://us.test/sp', endpoint: 'https://us.test/scim' }

test('the message for the IT contact holds every value, and no mark-up', () => {
  const message = handOver(samlGuideFor('OktaSAML'), values)
  expect(message).toContain('Single sign-on URL: https://us.test/acs')
  expect(message).toContain('Audience URI (SP Entity ID): https://us.test/sp')
  expect(message).toContain('firstName = user.firstName')
  expect(message).not.toContain('**')
})

test('a bearer token that cannot be shown any more is said to come separately', () => {
  const message = handOver(scimGuideFor('azure scim v2.0'), values)
  expect(message).toContain('Tenant URL: https://us.test/scim')
  expect(message).toContain('Secret Token: (comes separately)')
})
