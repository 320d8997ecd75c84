import { describe, expect, test } from 'vitest'
import { testSsoFlows, testSsoScenarios } from '#contracts/test-sso.ts'
import { expectationOf } from './expectation.ts'
import { type FollowingAttempt, judge } from './judge.ts'

const now = new Date('2026-03-01T12:05:00.000Z')
const began = new Date('2026-03-01T12:00:00.000Z')
const finished = new Date('2026-03-01T12:01:00.000Z')

function attempt(part: Partial<FollowingAttempt>): FollowingAttempt {
  return {
    state: 'succeeded',
    email: 'lela.block@example.com',
    error: null,
    created_at: began,
    finished_at: finished,
    exchanged_at: null,
    stopped: null,
    ...part,
  }
}

const failed = (code: string) => attempt({ state: 'failed', error: { code, message: 'no' } })
const exchanged = attempt({ exchanged_at: now })
const open = attempt({ state: 'started', finished_at: null })
const timedOut = attempt({ state: 'timed_out' })
const outside = failed('profile_not_allowed_outside_organization')

describe('a run is judged by the attempt that follows it', () => {
  test.each([
    ['sp_initiated', false, undefined, 'waiting'],
    ['sp_initiated', false, open, 'under_way'],
    ['sp_initiated', false, attempt({}), 'under_way'],
    ['sp_initiated', false, exchanged, 'passed'],
    ['sp_initiated', false, timedOut, 'failed'],
    ['sp_initiated', false, outside, 'failed'],
    ['sp_initiated', false, attempt({ stopped: 'failed' }), 'failed'],
    ['sp_initiated', false, attempt({ finished_at: new Date('2026-03-01T11:54:59.000Z') }), 'failed'],
    ['idp_initiated', false, exchanged, 'passed'],
    ['guest_email_domain', false, outside, 'passed'],
    ['guest_email_domain', false, exchanged, 'failed'],
    ['guest_email_domain', true, exchanged, 'passed'],
    ['guest_email_domain', true, outside, 'failed'],
    ['error_response', false, failed('idp_status'), 'passed'],
    ['error_response', false, outside, 'failed'],
    ['error_response', false, exchanged, 'failed'],
  ] as const)('%s, guests %s: %o is %s', (scenario, guests, following, state) => {
    expect(judge(expectationOf(scenario, 'standalone', guests), following, now).state).toBe(state)
  })
})

test('its steps tick in their order, each with its time', () => {
  const expectation = expectationOf('sp_initiated', 'authkit', false)
  const times = (following: FollowingAttempt | undefined) =>
    judge(expectation, following, now).steps.map(({ at }) => at)
  expect(times(undefined)).toEqual([null, null, null])
  expect(times(open)).toEqual([began.toISOString(), null, null])
  expect(times(attempt({}))).toEqual([began.toISOString(), finished.toISOString(), null])
  expect(times(exchanged)).toEqual([began, finished, now].map((time) => time.toISOString()))
  expect(times(timedOut)).toEqual([began.toISOString(), null, null])
})

test('an application is told of a refusal only where it signs people in by itself', () => {
  const told = testSsoFlows.map((flow) =>
    testSsoScenarios.map((scenario) => expectationOf(scenario, flow, false).appError),
  )
  expect(told).toEqual([
    [null, null, 'profile_not_allowed_outside_organization', 'access_denied'],
    [null, null, null, null],
  ])
})
