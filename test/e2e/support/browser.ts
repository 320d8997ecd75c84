import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, onTestFailed } from 'vitest'
import { findChromium } from '../../support/chromium.ts'
import { violationsOn } from './accessibility.ts'

const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage'
const results = fileURLToPath(new URL('../../../test-results/', import.meta.url))

/** With no services of its own in the background: nothing it does may leave this machine. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('Chromium is missing: install it, or set CHROMIUM to its program.')
  return chromium.launch({ executablePath, args: flags.split(' ') })
}

export interface Visit extends AsyncDisposable {
  readonly page: Page
  /** What the pages complained about: script errors, refusals by their own policy, missing files. */
  readonly complaints: readonly string[]
}

/** A clean profile with one page. What it shows last is kept in test-results/ when the test fails. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    const local = protocol === 'data:' || hostname === 'localhost' || hostname === '127.0.0.1'
    if (!local) complaints.push(`a request left this machine: ${request.url()}`)
  })
  let last: { readonly picture: Buffer; readonly html: string } | undefined
  onTestFailed(async ({ task }) => {
    const name = `${results}failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`
    await mkdir(results, { recursive: true })
    if (last) await Promise.all([writeFile(`${name}.png`, last.picture), writeFile(`${name}.html`, last.html)])
  })
  return {
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      // Runs before the test's verdict is known, and the page is gone by then.
      last = { picture: await page.screenshot({ fullPage: true }), html: await page.content() }
      await context.close()
    },
  }
}

/**
 * Holds the page that is shown against WCAG 2.2 AA and axe's best practices in both colour schemes, and against a
 * width of 320 px; leaves pictures of it in test-results/.
 */
export async function expectGoodPage(page: Page, name: string): Promise<void> {
  const size = page.viewportSize()
  await mkdir(results, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [320, 1024]) {
      await page.setViewportSize({ width, height: 800 })
      await page.screenshot({ path: `${results}${name}-${colorScheme}-${width}.png`, fullPage: true })
      const found = {
        violations: await violationsOn(page),
        sideways: await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth),
      }
      expect(found, `${name}, ${colorScheme}, ${width} px`).toEqual({ violations: [], sideways: false })
    }
  }
  await page.emulateMedia({ colorScheme: null })
  if (size) await page.setViewportSize(size)
}
