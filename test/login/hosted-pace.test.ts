import { expect, test } from 'vitest'
import { paceMs } from '#domain/even-pace.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
/** At the least costs it comes in. */
const bcrypt = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const account = { first_name: 'Ann', last_name: 'Ewe', password: 'horse battery staple' }

/** What depends on whether somebody has the address: from the press of the button to the next page. */
const buttons = {
  async 'a code by mail'(browser: LoginBrowser, email: string) {
    await browser.submit('sign-in', { email })
    return () => browser.submit('magic-code/send')
  },
  async 'a wrong password'(browser: LoginBrowser, email: string) {
    await browser.submit('sign-in', { email })
    return () => browser.submit('password', { password: 'wrong horse battery' })
  },
  async 'a wrong code'(browser: LoginBrowser, email: string) {
    await browser.submit('sign-in', { email })
    await browser.submit('magic-code/send')
    return () => browser.submit('magic-code', { code: '000000' })
  },
  async 'a forgotten password'(browser: LoginBrowser, email: string) {
    await browser.get(browser.last?.url.replace('sign-in', 'forgot') ?? '')
    return () => browser.submit('forgot', { email })
  },
  async 'a sign-up'(browser: LoginBrowser, email: string) {
    await browser.get(browser.last?.url.replace('sign-in', 'sign-up') ?? '')
    return () => browser.submit('sign-up', { ...account, email })
  },
}

test.each(Object.entries(buttons))('%s is answered on the beat, for somebody and for nobody', async (_name, reach) => {
  const environment = await server.environment()
  const uri = 'https://app.test/callback'
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri } })
  // Of an application before, at the least costs: answered much sooner than nobody's.
  const imported = { password_hash: bcrypt, password_hash_type: 'bcrypt' }
  const { email } = await peopleOf(server, environment).user('ann@example.com', imported)
  for (const address of [email, 'nobody@example.com']) {
    const browser = new LoginBrowser(server)
    const query = { client_id: environment.client_id, redirect_uri: uri, response_type: 'code', provider: 'authkit' }
    await browser.get(`/user_management/authorize?${new URLSearchParams(query)}`)
    const press = await reach(browser, address)
    const start = performance.now()
    const { status } = await press()
    // Work takes a fraction of it, so that the beat alone makes the difference.
    expect([status === 200 || status === 422, performance.now() - start > paceMs - 5], address).toEqual([true, true])
  }
})
