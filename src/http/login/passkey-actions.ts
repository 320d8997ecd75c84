import { answerPasskey, enrolPasskey, skipPasskey } from '#domain/login/passkey.ts'
import { readSettings } from '#domain/authentication/settings.ts'
import { guess } from './guessing.ts'
import { type Action, again, type Outcome, type Submission, waitFor } from './outcome.ts'

/** The forms that a browser's answer about a passkey comes with. */
export const passkeyActions = {
  passkey: submitPasskey,
  'passkey/enrollment': ({ deps, visit, form }) =>
    enrolPasskey(deps, visit.login, visit.browser, form.get('credential') ?? ''),
  'passkey/skip': ({ deps, visit }) => skipPasskey(deps, visit.login),
} satisfies Record<string, Action>

async function submitPasskey({ deps, visit, form, client }: Submission): Promise<Outcome> {
  const { login, browser, context } = visit
  const { methods } = await readSettings(deps.db.kysely, login.environment)
  if (!methods.passkey) return again('sign-in', { problem: context.say('methodOff'), status: 422 })
  const text = form.get('credential') ?? ''
  const tried = await guess(
    deps,
    login,
    client.ipAddress,
    () => answerPasskey(deps, login, browser, text, client),
    (next) => next === undefined,
  )
  if (tried.kind === 'wait') return again('sign-in', waitFor(context.say, tried.seconds))
  // Its page says why, with another challenge.
  return tried.answer ?? { kind: 'step', step: 'sign-in' }
}
