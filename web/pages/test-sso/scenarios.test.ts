import { describe, expect, test } from 'vitest'
import type { SignInAttempt } from '#contracts/sign-in-attempts.ts'
import { progressOf, type Scenario, scenarios } from './scenarios.ts'

const since = '2026-03-01T12:00:00.000Z'

function attempt(part: Partial<SignInAttempt>): SignInAttempt {
  return {
    object: 'sign_in_attempt',
    id: 'sso_session_1',
    organization_id: 'org_test_idp',
    connection_id: 'conn_test_idp',
    origin: 'sp',
    state: 'succeeded',
    email: 'lela.block@example.com',
    error: null,
    ip_address: null,
    user_agent: null,
    created_at: '2026-03-01T12:00:01.000Z',
    finished_at: null,
    ...part,
  }
}

function scenario(slug: string): Scenario {
  const found = scenarios.find((each) => each.slug === slug)
  if (!found) throw new Error(`There is no scenario ${slug}.`)
  return found
}

const refusedGuest = attempt({
  state: 'failed',
  error: { code: 'profile_not_allowed_outside_organization', message: 'no' },
})
const idpError = attempt({ state: 'failed', error: { code: 'idp_status', message: 'no' } })

describe('a scenario is done by the attempt that ends as it should', () => {
  test.each([
    ['sp-initiated', attempt({}), false, 'done'],
    ['sp-initiated', attempt({ origin: 'idp' }), false, 'other'],
    ['sp-initiated', attempt({ state: 'started' }), false, 'running'],
    ['idp-initiated', attempt({ origin: 'idp' }), false, 'done'],
    ['idp-initiated', attempt({}), false, 'other'],
    ['guest-email-domain', refusedGuest, false, 'done'],
    ['guest-email-domain', attempt({}), false, 'other'],
    ['guest-email-domain', attempt({}), true, 'done'],
    ['error-response', idpError, false, 'done'],
    ['error-response', refusedGuest, false, 'other'],
  ] as const)('%s', (slug, made, guestsAllowed, outcome) =>
    expect(progressOf(scenario(slug), [made], since, guestsAllowed)).toEqual({ [outcome]: made }),
  )
})

test('what happened before it was begun does not count', () => {
  const earlier = attempt({ created_at: '2026-03-01T11:59:59.000Z' })
  expect(progressOf(scenario('sp-initiated'), [earlier], since, false)).toEqual({})
  expect(progressOf(scenario('sp-initiated'), [attempt({})], undefined, false)).toEqual({})
})
