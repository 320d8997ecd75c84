import type { TestSsoRun, TestSsoStep } from '#contracts/test-sso.ts'
import type { AttemptError } from '../sso/attempts.ts'
import { codeLifetimeMs } from '../sso/code.ts'
import type { Expectation } from './expectation.ts'

/** The attempt that follows a run, as far as it is. */
export interface FollowingAttempt {
  readonly state: 'started' | 'succeeded' | 'failed' | 'timed_out'
  readonly email: string | null
  readonly error: AttemptError | null
  readonly created_at: Date
  readonly finished_at: Date | null
  /** When the application exchanged its code. */
  readonly exchanged_at: Date | null
  /** Where the login box stopped, if that is where it ended. */
  readonly stopped: string | null
}

type Verdict = Pick<TestSsoRun, 'state' | 'steps' | 'happened'>

/** Holds what happened against what should have. */
export function judge(expectation: Expectation, attempt: FollowingAttempt | undefined, now: Date): Verdict {
  const times = timesOf(expectation, attempt)
  const steps = expectation.steps.map((step) => ({ step, at: times[step]?.toISOString() ?? null }))
  if (!attempt) return { state: 'waiting', steps, happened: null }
  return { ...outcome(expectation, attempt, now), steps }
}

function timesOf(
  { origin }: Expectation,
  attempt: FollowingAttempt | undefined,
): Readonly<Partial<Record<TestSsoStep, Date | null>>> {
  if (!attempt) return {}
  return {
    ...(origin === 'sp' && { request_seen: attempt.created_at }),
    response_received: attempt.state === 'timed_out' ? null : attempt.finished_at,
    code_exchanged: attempt.exchanged_at,
  }
}

function outcome({ refusal }: Expectation, attempt: FollowingAttempt, now: Date): Omit<Verdict, 'steps'> {
  const { state, email, error, finished_at: finished, exchanged_at: exchanged, stopped } = attempt
  const who = email ?? 'Somebody'
  switch (state) {
    case 'started':
      return { state: 'under_way', happened: 'The browser is at the identity provider.' }
    case 'timed_out':
      return { state: 'failed', happened: 'Nobody came back from the identity provider within ten minutes.' }
    case 'failed': {
      const happened = `Refused as ${error?.code ?? 'unknown'}: ${error?.message ?? ''}`
      return { state: refusal !== null && error?.code === refusal ? 'passed' : 'failed', happened }
    }
    case 'succeeded':
      if (refusal !== null) return { state: 'failed', happened: `${who} was signed in.` }
      if (exchanged) return { state: 'passed', happened: `${who} was signed in, and the code was exchanged.` }
      if (stopped !== null)
        return { state: 'failed', happened: `The identity provider let ${who} in; the login box did not.` }
      if (finished && now.getTime() - finished.getTime() > codeLifetimeMs)
        return { state: 'failed', happened: `${who} was let in, but nobody exchanged the code within ten minutes.` }
      return { state: 'under_way', happened: `${who} was let in; the application has not exchanged the code yet.` }
    default:
      return state satisfies never
  }
}
