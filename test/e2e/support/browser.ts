import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { findChromium } from '../../support/chromium.ts'
import { violationsOn } from './accessibility.ts'

const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage'
/** A picture takes longer than everything else that is done to a page. */
const takesPictures = !process.env['CI']
const results = fileURLToPath(new URL('../../../test-results/', import.meta.url))

/** With no services of its own in the background: nothing it does may leave this machine. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('Chromium is missing: install it, or set CHROMIUM to its program.')
  return chromium.launch({ executablePath, args: flags.split(' ') })
}

export interface Visit {
  readonly page: Page
  /** What the pages complained about: script errors, refusals by their own policy, missing files. */
  readonly complaints: readonly string[]
}

/** A profile of somebody who wants nothing to move: a click waits for what does. */
export function createProfile(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ reducedMotion: 'reduce', ...options })
}

/** A clean profile with one page. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await createProfile(browser, options)
  // What is said last is done first: the page of a test that failed is shown before this.
  onTestFinished(() => context.close())
  return visitIn(context)
}

/**
 * One more page of a profile that keeps what it has read: scripts are read and compiled once instead of in every test.
 * Open to the end of the test: what it shows then is kept in test-results/ if it failed.
 */
export async function visitIn(context: BrowserContext): Promise<Visit> {
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
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const name = `${results}failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`
      await mkdir(results, { recursive: true })
      await page.screenshot({ path: `${name}.png`, fullPage: true })
      await writeFile(`${name}.html`, await page.content())
    }
    await page.close()
  })
  return { page, complaints }
}

/**
 * Holds the page that is shown against WCAG 2.2 AA and axe's best practices in both colour schemes, and against a
 * width of 320 px; leaves pictures of it in test-results/ for people to look at.
 */
export async function expectGoodPage(page: Page, name: string): Promise<void> {
  const size = page.viewportSize()
  await mkdir(results, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [320, 1024]) {
      await page.setViewportSize({ width, height: 800 })
      if (takesPictures)
        await page.screenshot({ path: `${results}${name}-${colorScheme}-${width}.png`, fullPage: true })
      const found = {
        violations: await violationsOn(page, colorScheme === 'light' ? 'everything' : 'colours'),
        sideways: await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth),
      }
      expect(found, `${name}, ${colorScheme}, ${width} px`).toEqual({ violations: [], sideways: false })
    }
  }
  await page.emulateMedia({ colorScheme: null })
  if (size) await page.setViewportSize(size)
}
