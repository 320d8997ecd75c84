import type { PassThrough } from 'node:stream'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newsHead, type News, type NewsHead, readAskedDirectories, readNews } from '#domain/events/news.ts'

export interface Watcher {
  readonly stream: PassThrough
  position: number
}

/** Who comes back knows the log alone: it reads everything else once more. */
export type Place = Pick<NewsHead, 'position'> & Partial<NewsHead>

const pageSize = 200
/** Whoever is further behind than this starts at the end: nobody scrolls through that much, and lists load anew. */
const longestGap = 1000
/** A reader that does not read is let go; it comes back by itself and says where it was. */
const mostUnreadBytes = 256 * 1024

/** Tells everybody who watches an environment what happens there: one look at the log for all of them. */
export class LiveFeed {
  readonly #db: Database
  readonly #environment: EnvironmentId
  readonly #watchers = new Set<Watcher>()
  #joining = 0
  #position = 0
  #lastAsked = ''

  constructor(db: Database, environment: EnvironmentId) {
    this.#db = db
    this.#environment = environment
  }

  get isWatched(): boolean {
    return this.#watchers.size + this.#joining > 0
  }

  /** @param place up to where the browser knows: what it saw last when it comes back, or the end when it began to read. */
  async add(stream: PassThrough, place: Place | undefined): Promise<Watcher> {
    this.#joining += 1
    try {
      return await this.#join(stream, place)
    } finally {
      this.#joining -= 1
    }
  }

  async #join(stream: PassThrough, place: Place | undefined): Promise<Watcher> {
    const { position: head, lastAsked } = await newsHead(this.#db, this.#environment)
    if (this.#watchers.size === 0) {
      this.#position = head
      this.#lastAsked = lastAsked
    }
    const isLost = place !== undefined && (place.position > head || head - place.position > longestGap)
    const watcher = { stream, position: place === undefined || isLost ? head : place.position }
    const resumes = JSON.stringify({ resumes: place !== undefined && !isLost })
    stream.write(`retry: 2000\nid: ${watcher.position}\nevent: ${isLost ? 'reset' : 'ready'}\ndata: ${resumes}\n\n`)
    // Whoever comes back catches up by themselves first; the last look and joining happen in one turn.
    while (watcher.position < this.#position) {
      const goal = this.#position
      const news = await readNews(this.#db, this.#environment, watcher.position, pageSize)
      for (const item of news) tell(watcher, item)
      if (news.length < pageSize) watcher.position = Math.max(watcher.position, goal)
    }
    if (stream.writable && this.#lastAsked > (place?.lastAsked ?? lastAsked)) stream.write(scimLine({}))
    if (!stream.destroyed) this.#watchers.add(watcher)
    return watcher
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  async look(): Promise<void> {
    await this.#lookAtLog()
    // Hints to load something again: missing one is no loss, so they have no place to go on from.
    for (const { directory_id, last } of await readAskedDirectories(this.#db, this.#environment, this.#lastAsked)) {
      if (last > this.#lastAsked) this.#lastAsked = last
      for (const { stream } of this.#watchers) if (stream.writable) stream.write(scimLine({ directory_id }))
    }
  }

  async #lookAtLog(): Promise<void> {
    for (;;) {
      const news = await readNews(this.#db, this.#environment, this.#position, pageSize)
      for (const item of news) {
        for (const watcher of this.#watchers) tell(watcher, item)
        this.#position = item.position
      }
      if (news.length < pageSize) return
    }
  }
}

function tell(watcher: Watcher, { position, id, event, organization_id, attempt }: News): void {
  const { stream } = watcher
  if (position <= watcher.position || stream.destroyed) return
  watcher.position = position
  if (stream.writableLength > mostUnreadBytes) return void stream.destroy()
  stream.write(line(position, 'log', { id, event, organization_id }))
  if (attempt !== null) stream.write(line(position, 'attempt', { id: attempt, event }))
}

/** Without a directory when it is one of several, or unknown which. */
function scimLine(data: { readonly directory_id?: string }): string {
  return `event: scim\ndata: ${JSON.stringify(data)}\n\n`
}

function line(position: number, event: string, data: object): string {
  return `id: ${position}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
