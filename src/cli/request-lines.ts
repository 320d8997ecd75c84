import { idPrefixes } from '#contracts/ids.ts'
import type { Answered } from '#http/answered.ts'
import type { Terminal } from './terminal.ts'

/** Longer paths push the rest of their line to the right. */
const pathWidth = 46

/** What is asked over and over and tells nothing: files, health, whatever stays open. */
const quietPaths = /^\/(?:healthz|readyz)$|\.(?:css|ico|js|map|png|svg|txt|woff2?)$|\/live$/

const ids = new RegExp(`^(?:${Object.values(idPrefixes).join('|')})_[A-Za-z0-9_-]{1,64}$`)
/** How we spell our own paths, and how SCIM spells its. */
const word = /^[a-z0-9][a-z0-9._-]{0,31}$|^(?:\.search|Bulk|Groups|ResourceTypes|Schemas|ServiceProviderConfig|Users)$/

/**
 * Prints a line for each request once it is answered: time, method, path, status, how long it took, and its id, by which
 * the log of API requests knows it.
 */
export class RequestLines {
  readonly #terminal: Terminal
  readonly #clock: () => Date

  constructor(terminal: Terminal, clock: () => Date) {
    this.#terminal = terminal
    this.#clock = clock
  }

  readonly note = (answered: Answered): void => {
    if (quietPaths.test(pathOf(answered.url))) return
    if (answered.contentType.startsWith('text/event-stream')) return
    this.#terminal.line(this.#lineOf(answered))
  }

  #lineOf(answered: Answered): string {
    const { method, url, status, durationMs: ms, requestId } = answered
    const time = this.#terminal.style('dim', this.#clock().toTimeString().slice(0, 8))
    const outcome = this.#terminal.style(colorOf(status), String(status))
    const took = `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`.padStart(8)
    const id = this.#terminal.style('dim', requestId)
    return `  ${time}  ${method.padEnd(6)} ${shownPath(url).padEnd(pathWidth)} ${outcome} ${took}  ${id}`
  }
}

/**
 * The path of a request as it may be shown to whoever looks over a shoulder: without the query, and with `…` for what is
 * neither a word of ours nor an id, such as the token of an invitation.
 */
export function shownPath(url: string): string {
  return pathOf(url)
    .split('/')
    .map((segment, index, all) => {
      const mayBeShown = segment === '' || word.test(segment) || ids.test(segment)
      // As in `by_token/…`: a token could be spelled like a word.
      return mayBeShown && !all[index - 1]?.endsWith('token') ? segment : '…'
    })
    .join('/')
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? ''
}

function colorOf(status: number): 'green' | 'cyan' | 'yellow' | 'red' {
  if (status >= 500) return 'red'
  if (status >= 400) return 'yellow'
  return status >= 300 ? 'cyan' : 'green'
}
