import { describe, expect, test } from 'vitest'
import type { Event } from '#contracts/events.ts'
import { organizationOf, subjectOf } from './subject.ts'

function event(data: unknown): Event {
  return { object: 'event', id: 'event_1', event: 'x', data, created_at: '2026-03-01T12:00:00.000Z' }
}

describe('an event is about somebody or something, of some organization', () => {
  test.each([
    ['an organization', { object: 'organization', id: 'org_1', name: 'Acme' }, 'Acme', 'org_1'],
    ['a person', { id: 'directory_user_1', name: null, email: 'a@b.c', organization_id: 'org_1' }, 'a@b.c', 'org_1'],
    [
      'a membership',
      { user: { name: 'Lela', organization_id: 'org_1' }, group: { name: 'Engineering' } },
      'Lela · Engineering',
      'org_1',
    ],
    ['a sign-in', { email: 'a@b.c', sso: { organization_id: 'org_2' } }, 'a@b.c', 'org_2'],
    ['a domain', { organization_domain: { domain: 'acme.com', organization_id: 'org_3' } }, 'acme.com', 'org_3'],
    ['nothing known', { token: 1 }, '', undefined],
    ['no object', null, '', undefined],
  ])('%s', (_claim, data, subject, organization) => {
    expect(subjectOf(event(data))).toBe(subject)
    expect(organizationOf(event(data))).toBe(organization)
  })
})
