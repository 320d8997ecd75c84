import { sql } from 'kysely'
import { change } from '#db/work.ts'
import { answerDevice, devicePath, isDeviceWaiting, readUserCode } from '../authentication/device.ts'
import { go, type Next } from './advance.ts'
import { type LoginDeps, shownSoFar } from './answers.ts'
import { hashBrowserSecret } from './browser.ts'
import { createLogin, resume, type Visitor } from './start.ts'
import { freshState, type HostedLogin, lockLogin } from './state.ts'

export interface DeviceQuery {
  readonly client_id?: string | undefined
  readonly user_code?: string | undefined
  readonly prompt?: string | undefined
  readonly ui_locales?: string | undefined
}

/**
 * Begins a sign-in that ends at a device. Which code it is about is asked afterwards, so that nobody can try codes
 * without being somebody.
 * @returns undefined for a client that is not known.
 */
export async function startDeviceLogin(
  deps: LoginDeps & { readonly baseUrl: string },
  query: DeviceQuery,
  visitor: Omit<Visitor, 'insists' | 'impersonation' | 'lastUsed'>,
): Promise<{ readonly login: HostedLogin; readonly next: Next } | undefined> {
  const found = await deps.db.kysely
    .selectFrom('environments')
    .select(['id as environment', 'kind'])
    .where(sql<string>`client_id`, '=', query.client_id ?? '')
    .executeTakeFirst()
  if (!found) return undefined
  const request: HostedLogin['request'] = {
    clientId: query.client_id ?? '',
    redirectUri: deps.baseUrl + devicePath,
    state: null,
    codeChallenge: null,
    organization: null,
    uiLocales: query.ui_locales ?? null,
    invitation: null,
    device: { userCode: readUserCode(query.user_code ?? '') ?? null },
    query: visitor.query,
  }
  const login = await createLogin(deps, found, hashBrowserSecret(visitor.browser), request, freshState)
  const resumed = await resume(deps, query.prompt === undefined ? {} : { prompt: query.prompt }, visitor, login)
  return { login, next: resumed ?? { kind: 'step', step: login.state.step } }
}

/** Takes a code off a device. @returns undefined for one that no device waits with. */
export async function nameDevice(deps: LoginDeps, login: HostedLogin, typed: string): Promise<Next | undefined> {
  const userCode = readUserCode(typed)
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    const { state } = current
    if (state.proven === null || (state.step !== 'device' && state.step !== 'device/confirm'))
      return { kind: 'step', step: state.step }
    if (userCode === undefined || !(await isDeviceWaiting(work, userCode))) return undefined
    return go(work, current, { ...state, step: 'device/confirm', device: { userCode, answer: null } })
  })
}

/** What the person said of the device they named. @returns undefined if it waits no longer. */
export async function decideDevice(
  deps: LoginDeps,
  login: HostedLogin,
  answer: 'approved' | 'denied',
): Promise<Next | undefined> {
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    const { state } = current
    const shown = await shownSoFar(work, current)
    if (!shown || !state.device || state.step !== 'device/confirm') return { kind: 'step', step: state.step }
    const { userCode } = state.device
    const agreed = answer === 'denied' ? answer : { user: shown.user.id, facts: shown.facts }
    if (!(await answerDevice(work, userCode, agreed))) {
      await go(work, current, { ...state, step: 'device', device: null })
      return undefined
    }
    return go(work, current, { ...state, step: 'finished', proven: null, device: { userCode, answer } })
  })
}
