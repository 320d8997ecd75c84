import type { Page } from 'playwright-core'

/** In the login box, the sample user with the password. */
export async function signInAsGrace(page: Page): Promise<void> {
  await giveAddress(page, 'grace@example.org')
  await page.getByLabel('Password', { exact: true }).fill('sample-password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await choose(page, 'Test Organization')
}

/** In the login box and at the test identity provider, which is on another site. */
export async function signInAsLela(page: Page): Promise<void> {
  await giveAddress(page, 'lela.block@example.com')
  await page.waitForURL((url) => url.hostname === '127.0.0.1')
  await page.getByRole('button', { name: 'Lela Block' }).click()
}

async function giveAddress(page: Page, email: string): Promise<void> {
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
}

/** Who belongs to several organizations is asked which. */
async function choose(page: Page, organization: string): Promise<void> {
  await page.getByRole('button', { name: organization }).click()
}
