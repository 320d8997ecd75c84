type Listener = (event: MessageEvent<string>) => void

/** A server that says no is asked again; who has lost the session is told so by everything else on the page. */
const openAgainMs = 3000

/**
 * An EventSource that does not give up. The browser's own comes back after a lost connection, but never after an answer
 * that is no stream: a 503 while the database is away, or a proxy's 502 while the server starts, would end it for good.
 */
export class LastingSource {
  readonly #url: string
  readonly #listeners: (readonly [type: string, listener: Listener])[] = []
  #source: EventSource
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(url: string) {
    this.#url = url
    this.#source = this.#open()
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener])
    this.#source.addEventListener(type, listener)
  }

  close(): void {
    clearTimeout(this.#again)
    this.#source.close()
  }

  #open(): EventSource {
    const source = new EventSource(this.#url)
    for (const [type, listener] of this.#listeners) source.addEventListener(type, listener)
    source.addEventListener('error', () => {
      if (source.readyState === source.CLOSED)
        this.#again = setTimeout(() => (this.#source = this.#open()), openAgainMs)
    })
    return source
  }
}
