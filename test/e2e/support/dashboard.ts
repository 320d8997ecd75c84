import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import axe from 'axe-core'

/** Both colour schemes against WCAG 2.2 AA and axe's best practices, on what is shown now. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async () => {
      // Put there by the line above.
      const { axe: run } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
      const found = await run.run()
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations, `${name}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}
