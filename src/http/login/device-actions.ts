import { decideDevice, nameDevice } from '#domain/login/device.ts'
import { guess } from './guessing.ts'
import { type Action, again, type Outcome, type Submission, waitFor } from './outcome.ts'

/** The forms of a sign-in that ends at a device. */
export const deviceActions = {
  device: submitDeviceCode,
  'device/confirm': (submission) => submitDecision(submission, 'approved'),
  'device/deny': (submission) => submitDecision(submission, 'denied'),
} satisfies Record<string, Action>

async function submitDeviceCode({ deps, visit, form, client }: Submission): Promise<Outcome> {
  const { login, context } = visit
  const { say } = context
  const code = (form.get('code') ?? '').slice(0, 100)
  const tried = await guess(
    deps,
    login,
    client.ipAddress,
    () => nameDevice(deps, login, code),
    (next) => next === undefined,
  )
  if (tried.kind === 'wait') return again('device', { ...waitFor(say, tried.seconds), typed: { code } })
  return tried.answer ?? again('device', { fieldProblem: say('deviceGone'), typed: { code }, status: 422 })
}

async function submitDecision({ deps, visit }: Submission, answer: 'approved' | 'denied'): Promise<Outcome> {
  const next = await decideDevice(deps, visit.login, answer)
  return next ?? again('device', { fieldProblem: visit.context.say('deviceGone'), typed: { code: '' }, status: 422 })
}
