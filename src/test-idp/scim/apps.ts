import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ok, refused, type Result } from '#protocols/result.ts'
import { App, type AppDeps, type AppSettings } from './app.ts'
import { type AppFolder, openAppFolder } from './app-folder.ts'
import type { Fetch } from './http-send.ts'

// Anyone who reaches the port may create these, so their number is bounded.
const maximumApps = 20
/** Somebody waits in front of a browser: a client’s patience would look like a page that hangs. */
const longestWaitMs = 2_000

export interface AppsOptions {
  readonly folder: string | undefined
  readonly fetch: Fetch
  readonly clock: () => Date
}

/** The provisioned apps of every identity provider of this process: in memory, and in a folder when there is one. */
export class Apps {
  readonly #apps = new Map<string, Map<string, App>>()
  readonly #folder: AppFolder | undefined
  readonly #options: AppsOptions

  /** @throws Error when the folder holds a file that cannot be read as an app. */
  constructor(options: AppsOptions) {
    this.#options = options
    this.#folder = options.folder === undefined ? undefined : openAppFolder(options.folder)
    for (const { slug, state } of this.#folder?.load() ?? [])
      this.#of(slug).set(state.settings.id, new App(state, this.#deps(slug)))
  }

  list(slug: string): readonly App[] {
    return [...this.#of(slug).values()]
  }

  find(slug: string, id: string): App | undefined {
    return this.#of(slug).get(id)
  }

  create(slug: string, settings: Omit<AppSettings, 'id'>): Result<App, 'too_many_apps'> {
    const apps = this.#of(slug)
    if (apps.size >= maximumApps) return refused('too_many_apps')
    const app = new App({ settings: { ...settings, id: randomBytes(5).toString('hex') } }, this.#deps(slug))
    apps.set(app.settings.id, app)
    this.#folder?.save(slug, app.state)
    return ok(app)
  }

  remove(slug: string, id: string): void {
    this.#of(slug).delete(id)
    this.#folder?.remove(slug, id)
  }

  #of(slug: string): Map<string, App> {
    const apps = this.#apps.get(slug) ?? new Map<string, App>()
    this.#apps.set(slug, apps)
    return apps
  }

  #deps(slug: string): AppDeps {
    const { fetch, clock } = this.#options
    return {
      fetch,
      clock,
      wait: (milliseconds) => sleep(Math.min(milliseconds, longestWaitMs)),
      onChange: (app) => {
        // An action may end after the app was removed; it must not bring the file back.
        if (this.find(slug, app.settings.id) === app) this.#folder?.save(slug, app.state)
      },
    }
  }
}
