import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const require = createRequire(import.meta.url)

/** Ends in nothing: what a script ends with is carried back, and axe ends with all of itself. */
const source = `${readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')};undefined`

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

/**
 * What on the page, as it is shown now, is against WCAG 2.2 AA or axe's best practices. Reading axe takes a browser
 * longer than asking it, so that it is read once for as long as a document lives.
 * @param what `colours` for a page that was looked at in another scheme: nothing else differs then.
 */
export async function violationsOn(page: Page, what: 'everything' | 'colours' = 'everything'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  const runOnly = what === 'colours' ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}
  return page.evaluate(async (options) => {
    // Colours on their way from one scheme to the other are nobody's.
    const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(passing.map(({ finished }) => finished))
    const { axe } = globalThis as unknown as { axe: Axe } // put there by the line above
    // It would ask what is in frames by a message, which those that run nothing refuse. They are looked at as pages.
    const { violations } = await axe.run({ resultTypes: ['violations'], iframes: false, ...options })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  }, runOnly)
}
