import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { type Application, startApplication } from './application.ts'
import { createProfile, launchBrowser, type Visit, visit, visitIn } from './browser.ts'
import { type Gatehouse, startGatehouse } from './gatehouse.ts'

/** Somebody's browser, which has to end without having complained of anything. */
export interface Visitor {
  readonly page: Page
  /** A complaint that belongs to what is tested, such as of a page that is answered with an error status. */
  allow(complaint: RegExp): void
}

/** A server, an application beside it and a browser, shared by the tests of a file. */
export interface Installation {
  readonly gatehouse: Gatehouse
  readonly application: Application
  /** Somebody with a clean profile. */
  arrive(): Promise<Visitor>
  /** A page of the dashboard, in the profile of the one who looks after it. */
  open(path: string): Promise<Visitor>
  api<T>(method: string, path: string, body?: object): Promise<T>
  /** While pages are open: that they cannot reach it for a moment is no complaint, all others still are. */
  restart(laterMs?: number): Promise<void>
}

const cannotReach = /ERR_|Failed to load resource: (net::|the server responded with a status of 50[234])/

export function useInstallation(): Installation {
  let gatehouse: Gatehouse
  let application: Application
  let browser: Browser
  let profile: BrowserContext
  let visits: { readonly complaints: readonly string[]; readonly allowed: RegExp[] }[] = []

  // A browser, a server and a database on what is left of two cores: against hanging, not against slowness.
  vi.setConfig({ testTimeout: 240_000 })
  beforeAll(async () => {
    gatehouse = await startGatehouse()
    application = await startApplication(gatehouse.appPort)
    browser = await launchBrowser()
    profile = await createProfile(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  })
  afterAll(async () => {
    await browser?.close()
    application?.stop()
    await gatehouse?.stop()
  })
  afterEach(() => {
    const complaints = visits.flatMap((each) =>
      each.complaints.filter((text) => !each.allowed.some((pattern) => pattern.test(text))),
    )
    visits = []
    expect(complaints).toEqual([])
  })

  function watched({ page, complaints }: Visit): Visitor {
    const allowed: RegExp[] = []
    visits.push({ complaints, allowed })
    return { page, allow: (pattern) => void allowed.push(pattern) }
  }

  return {
    get gatehouse() {
      return gatehouse
    },
    get application() {
      return application
    },
    async arrive() {
      return watched(await visit(browser))
    },
    async open(path) {
      const visitor = watched(await visitIn(profile))
      await visitor.page.goto(`${gatehouse.url}/dashboard/${path}`)
      return visitor
    },
    async api<T>(method: string, path: string, body?: object) {
      const response = await fetch(gatehouse.url + path, {
        method,
        headers: { authorization: `Bearer ${gatehouse.apiKey}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      expect(response.ok, `${method} ${path}: ${await response.clone().text()}`).toBe(true)
      return (response.status === 204 ? undefined : await response.json()) as T // the caller names what it expects
    },
    async restart(laterMs) {
      for (const { allowed } of visits) allowed.push(cannotReach)
      await gatehouse.restart(laterMs)
    },
  }
}

export function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

/** Marks the document that is shown; the answer says whether it is still the same one. */
export async function keepOpen(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(globalThis, { stayedOpen: true }))
  return () => page.evaluate(() => 'stayedOpen' in globalThis)
}

export function copied(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}
