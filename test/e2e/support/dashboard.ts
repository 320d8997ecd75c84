import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { violationsOn } from './accessibility.ts'

/** Both colour schemes against WCAG 2.2 AA and axe's best practices, on what is shown now. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // The dashboard hears of it a moment later. Other pages have it in their styles.
    await page.waitForFunction(
      (scheme) => document.querySelector('.radix-themes')?.classList.contains(scheme) ?? true,
      colorScheme,
    )
    const what = colorScheme === 'light' ? 'everything' : 'colours'
    expect(await violationsOn(page, what), `${name}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}
