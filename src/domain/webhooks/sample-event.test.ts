import { Errors } from 'typebox/value'
import { expect, test } from 'vitest'
import { type EventName, eventPayloads } from '#contracts/events.ts'
import { samplePayload } from './sample-event.ts'

const names = Object.keys(eventPayloads) as EventName[]

test.each(names)('a sample of %s is what the contract promises', (name) => {
  const payload = samplePayload(name, new Date('2026-03-01T12:00:00Z'))
  expect(Errors(eventPayloads[name], payload)).toEqual([])
})

test('a sample is about nobody, and says so', () => {
  expect(samplePayload('dsync.user.created', new Date())).toMatchObject({
    object: 'directory_user',
    id: 'directory_user_sample',
    directory_id: 'directory_sample',
    email: 'ada@example.com',
    first_name: 'Ada',
  })
})
