import { describe, expect, test } from 'vitest'
import { everyEvent, filtersOf, namesOf, queryOf, sdkCall, typeOptions } from './filters.ts'

describe('a type filter becomes names, which is what the API takes', () => {
  test.each([
    ['', everyEvent],
    ['dsync.user.created', ['dsync.user.created']],
    ['dsync.user.*', ['dsync.user.created', 'dsync.user.deleted', 'dsync.user.updated']],
    ['connection.deleted', ['connection.deleted']],
  ])('%s', (type, names) => expect(namesOf(type)).toEqual(names))
})

test('the address says everything that is asked for', () => {
  const query = new URLSearchParams('type=connection.deleted&organization=org_1&from=2026-03-01T12:00')
  expect(queryOf(filtersOf(query))).toEqual({
    events: ['connection.deleted'],
    organization_id: 'org_1',
    range_start: new Date('2026-03-01T12:00').toISOString(),
  })
  expect(queryOf(filtersOf(new URLSearchParams('from=yesterday')))).toEqual({ events: everyEvent })
})

test('families can be chosen as well as single events', () => {
  const values = typeOptions().map(({ value }) => value)
  expect(values).toEqual(expect.arrayContaining(['', 'dsync.*', 'dsync.group.*', 'dsync.group.user_added']))
  expect(new Set(values).size).toBe(values.length)
})

test('the call that is copied has the filters and the cursor', () => {
  const filters = { type: 'connection.deleted', organization: 'org_1', from: '', to: '' }
  expect(sdkCall(filters, 'event_1')).toBe(
    "const events = await workos.events.listEvents({\n  events: ['connection.deleted'],\n  organizationId: 'org_1',\n  after: 'event_1',\n  limit: 100,\n})",
  )
})
