import type { DeviceAuthorization } from '#contracts/device-authorization.ts'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import type { EnrolledFactor } from '#contracts/mfa.ts'
import type { User } from '#contracts/users.ts'
import { change } from '#db/work.ts'
import { answerDevice } from '#domain/authentication/device.ts'
import { plainFacts } from '#domain/authentication/facts.ts'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { Authenticator } from './authenticator.ts'
import { LoginBrowser } from './login-browser.ts'
import { type Creation, passkeyOrigin, type Request, wanted } from './passkeys.ts'
import { type Authenticated, type People, peopleOf } from './people.ts'
import type { TestEnvironment, TestServer } from './server.ts'

export const ownersEmail = 'todd@example.com'
export const strangersPassword = 'strange horse battery'

const appCallback = 'https://app.test/callback'
const account = { email: ownersEmail, first_name: 'Todd', last_name: 'Rundgren', password: strangersPassword }

export interface Place {
  readonly environment: TestEnvironment
  readonly people: People
  /** Of the login box. */
  url(query?: Record<string, string>): string
  /** The latest mail to an address. */
  mail(to: string): Promise<Mail>
}

export async function placeOf(
  server: TestServer,
  environment: TestEnvironment,
  settings: object = { email_verification_required: false },
): Promise<Place> {
  const { api } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri: appCallback } })
  await api('PUT', '/authentication_settings', { body: settings })
  return {
    environment,
    people: peopleOf(server, environment),
    url: (query = {}) =>
      `/user_management/authorize?${new URLSearchParams({
        client_id: environment.client_id,
        redirect_uri: appCallback,
        response_type: 'code',
        provider: 'authkit',
        ...query,
      })}`,
    async mail(to) {
      const { body } = await api<Page<Mail>>('GET', `/mailbox?to=${encodeURIComponent(to)}`)
      const [mail] = body.data
      if (!mail) throw new Error(`No mail for ${to}`)
      return mail
    },
  }
}

/** A browser that has sent the sign-up form with the owner's address. */
export async function signUpAt(server: TestServer, { url }: Place): Promise<LoginBrowser> {
  const browser = new LoginBrowser(server)
  await browser.get(url({ screen_hint: 'sign-up' }))
  await browser.submit('sign-up', account)
  return browser
}

/** Everything that somebody gets hold of who signed up with an address that is not theirs. */
export const hoard = [
  'password',
  'refresh token',
  'pending token',
  'authorization code',
  'device',
  'sign-in under way',
  'browser that is signed in',
  'passkey',
  'second factor',
  'recovery codes',
  'change of address',
] as const

interface Squatter {
  readonly user: User
  /** What of the hoard is still good for something. Asking uses it up. */
  stillGood(): Promise<string[]>
}

/** Signs up with the owner's address, and prepares for the day the owner comes. */
export async function squat(server: TestServer, place: Place): Promise<Squatter> {
  const { environment, people } = place
  const { api } = environment
  const browser = await signUpAt(server, place)
  const first = await people.authenticate<Authenticated>({
    grant_type: 'authorization_code',
    code: browser.last?.left?.searchParams.get('code'),
  })
  const { user } = first.body
  const path = `/user_management/users/${user.id}`

  const { body: device } = await api<DeviceAuthorization>('POST', '/user_management/authorize/device', {
    body: { client_id: environment.client_id },
    key: null,
  })
  const facts = plainFacts('Password', { ipAddress: null, userAgent: null })
  await change(server.deps, { environment: environment.id }, (work) =>
    answerDevice(work, device.user_code, { user: user.id, facts }),
  )
  const code = await people.code(user)
  await api('POST', `${path}/email_change/send`, { body: { new_email: 'mallory@example.net' } })
  const { code: changeCode } = await place.mail('mallory@example.net')
  const authenticator = await makePasskey(server, place, path)

  // With two organizations a sign-in waits for the choice.
  const [home, away] = [await people.organization('Home'), await people.organization('Away')]
  await people.join(user, home)
  await people.join(user, away)
  const byPassword = { grant_type: 'password', email: ownersEmail, password: strangersPassword }
  const pending = (await people.authenticate<{ pending_authentication_token: string }>(byPassword)).body
  const waiting = new LoginBrowser(server)
  await waiting.get(place.url())
  await waiting.submit('sign-in', { email: ownersEmail })
  await waiting.submit('password', { password: strangersPassword })

  const { body: enrolled } = await api<{
    authentication_factor: EnrolledFactor
    authentication_challenge: { id: string }
  }>('POST', `${path}/auth_factors`, { body: { type: 'totp' } })
  const secret = decodeBase32(enrolled.authentication_factor.totp.secret) ?? Buffer.alloc(0)
  await api('POST', `/auth/challenges/${enrolled.authentication_challenge.id}/verify`, {
    body: { code: totp(secret, server.clock.read()) },
  })
  await api('POST', `${path}/recovery_codes`)

  const answerOf = async (fields: object) =>
    (await people.authenticate<{ code?: string; error?: string }>({ ...fields })).body
  const good: Record<(typeof hoard)[number], () => Promise<boolean>> = {
    password: async () => (await answerOf(byPassword)).code !== 'invalid_credentials',
    'refresh token': async () => (await people.refresh(first.body.refresh_token)).status === 200,
    'pending token': async () =>
      (
        await answerOf({
          grant_type: 'urn:workos:oauth:grant-type:organization-selection',
          organization_id: home.id,
          pending_authentication_token: pending.pending_authentication_token,
        })
      ).code !== 'invalid_pending_authentication_token',
    'authorization code': async () =>
      (await answerOf({ grant_type: 'authorization_code', code })).error !== 'invalid_grant',
    device: async () =>
      (
        await answerOf({
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: device.device_code,
        })
      ).error !== 'access_denied',
    'sign-in under way': async () => (await waiting.submit('organization', { choice: home.id })).page !== 'sign-in',
    'browser that is signed in': async () => (await browser.get(place.url())).page !== 'sign-in',
    passkey: async () => {
      const page = new LoginBrowser(server)
      const request = wanted<Request>(await page.get(place.url()))
      return (await page.submit('passkey', { credential: authenticator.get(request) })).page !== 'sign-in'
    },
    'second factor': async () => (await api<Page<unknown>>('GET', `${path}/auth_factors`)).body.data.length > 0,
    'recovery codes': async () =>
      (await server.db.pool.query('select from recovery_codes where user_id = $1', [user.id])).rowCount !== 0,
    'change of address': async () =>
      (await api('POST', `${path}/email_change/confirm`, { body: { code: changeCode } })).status === 200,
  }
  return {
    user,
    async stillGood() {
      const found: string[] = []
      for (const what of hoard) if (await good[what]()) found.push(what)
      return found
    },
  }
}

/** Only while the application vouches for the address: nobody is asked to make one who has not shown the inbox. */
async function makePasskey(server: TestServer, { environment: { api }, url }: Place, user: string) {
  await api('PUT', user, { body: { email_verified: true } })
  const browser = new LoginBrowser(server)
  await browser.get(url())
  await browser.submit('sign-in', { email: ownersEmail, passkeys: '1' })
  await browser.submit('password', { password: strangersPassword })
  const authenticator = new Authenticator(passkeyOrigin)
  await browser.submit('passkey/enrollment', { credential: authenticator.create(wanted<Creation>(browser.last)) })
  await api('PUT', user, { body: { email_verified: false } })
  return authenticator
}
