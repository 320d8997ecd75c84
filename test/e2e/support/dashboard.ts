import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { violationsOn } from './accessibility.ts'

/** Both colour schemes against WCAG 2.2 AA and axe's best practices, on what is shown now. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await changeScheme(page, colorScheme)
    const what = colorScheme === 'light' ? 'everything' : 'colours'
    expect(await violationsOn(page, what), `${name}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

/**
 * Until the page has it: the dashboard hears of it a moment later, other pages have it in their styles. Of some hundred
 * changes that are emulated Chromium keeps one from a page that asked before; then it is changed once more.
 */
async function changeScheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  const isShown = (scheme: string) => document.querySelector('.radix-themes')?.classList.contains(scheme) ?? true
  const change = async () => {
    await page.emulateMedia({ colorScheme })
    const follows = page.waitForFunction(isShown, colorScheme, { timeout: 5_000 })
    return follows.then(
      () => true,
      async () => {
        await page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' })
        return false
      },
    )
  }
  await expect.poll(change, { timeout: 20_000, message: `the page follows to ${colorScheme}` }).toBe(true)
}
