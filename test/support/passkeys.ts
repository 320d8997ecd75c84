import type { User } from '#contracts/users.ts'
import { Authenticator, type Forgery } from './authenticator.ts'
import { LoginBrowser, type LoginPage } from './login-browser.ts'
import { type Authenticated, type People, peopleOf } from './people.ts'
import type { TestEnvironment, TestServer } from './server.ts'

export const passkeyOrigin = 'http://gatehouse.test'
const callback = 'https://app.test/callback'

/** What the page wants of the authenticator. */
export function wanted<T>(page: LoginPage | undefined): T {
  const text = page?.text ?? ''
  const json = /data-passkey="([^"]*)"/.exec(text)?.[1]
  if (json === undefined) throw new Error(`No passkey is asked for:\n${text}`)
  return JSON.parse(json.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as T // as WebAuthn says
}

export type Creation = Parameters<Authenticator['create']>[0]
export type Request = Parameters<Authenticator['get']>[0]

/** An environment whose people have passkeys. */
export interface PasskeyTenant {
  readonly api: TestEnvironment['api']
  readonly people: People
  readonly environment: TestEnvironment
  readonly password: string
  /** Of the login box. */
  url(query?: Record<string, string>): string
  redeem(page: LoginPage): Promise<Authenticated>
  /** Has signed in by password, in a browser that could keep a passkey unless told. */
  byPassword(email: string, passkeys?: string): Promise<LoginBrowser>
  /** Somebody with a passkey. */
  enrolled(): Promise<{
    readonly user: User
    readonly authenticator: Authenticator
    readonly browser: LoginBrowser
  }>
  /** With a browser nobody has signed in from. */
  use(authenticator: Authenticator, forgery?: Forgery): Promise<LoginPage>
}

export async function passkeyTenant(server: TestServer, settings: object = {}): Promise<PasskeyTenant> {
  const environment = await server.environment()
  const { api, client_id } = environment
  const people = peopleOf(server, environment)
  const password = 'horse battery staple'
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  if (Object.keys(settings).length > 0) await api('PUT', '/authentication_settings', { body: settings })
  const tenant: PasskeyTenant = {
    api,
    people,
    environment,
    password,
    url: (query = {}) =>
      `/user_management/authorize?${new URLSearchParams({
        client_id,
        redirect_uri: callback,
        response_type: 'code',
        provider: 'authkit',
        ...query,
      })}`,
    async redeem({ left }) {
      const code = left?.searchParams.get('code')
      const { body, status, text } = await people.authenticate<Authenticated>({
        grant_type: 'authorization_code',
        code,
      })
      if (status !== 200) throw new Error(text)
      return body
    },
    async byPassword(email, passkeys = '1') {
      const browser = new LoginBrowser(server)
      await browser.get(tenant.url())
      await browser.submit('sign-in', { email, passkeys })
      await browser.submit('password', { password })
      return browser
    },
    async enrolled() {
      const user = await people.user(undefined, { password })
      const browser = await tenant.byPassword(user.email)
      const authenticator = new Authenticator(passkeyOrigin)
      const credential = authenticator.create(wanted<Creation>(browser.last))
      const page = await browser.submit('passkey/enrollment', { credential })
      if (!page.left) throw new Error(page.text)
      return { user, authenticator, browser }
    },
    async use(authenticator, forgery = {}) {
      const browser = new LoginBrowser(server)
      const request = wanted<Request>(await browser.get(tenant.url()))
      return browser.submit('passkey', { credential: authenticator.get(request, forgery) })
    },
  }
  return tenant
}
