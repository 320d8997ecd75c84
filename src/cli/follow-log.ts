import { setTimeout as sleep } from 'node:timers/promises'
import { eventNames } from '#contracts/event-names.ts'
import { nearest } from '#domain/nearest.ts'
import type { Config } from '../settings.ts'
import { type Invocation, textOption } from './command.ts'
import { readApiKeys, readRunning } from './data-folder.ts'
import { exitCodes, Failure } from './failure.ts'

const pollMs = 500

export interface LoggedEvent {
  readonly id: string
  readonly event: string
  readonly created_at: string
  /** The event as the server sent it. */
  readonly text: string
}

/** A server to read from, as its API serves everybody. */
export interface Source {
  readonly url: string
  readonly key: string
}

/** The server that dev runs on this data folder, or the one the settings name. */
export async function findSource(config: Config): Promise<Source> {
  const url = config.baseUrl ?? (await readRunning(config.data))?.url
  if (url === undefined)
    throw new Failure(exitCodes.userError, 'No server is named: run "gatehouse dev", or set BASE_URL.')
  const key = config.apiKey ?? (await readApiKeys(config.data)).staging
  if (key === undefined) throw new Failure(exitCodes.userError, 'There is no API key: set GATEHOUSE_API_KEY.')
  return { url, key }
}

/** Names given as `dsync.*,connection.activated`; everything when nothing is given. */
export function readEventNames(invocation: Invocation): readonly string[] {
  const text = textOption(invocation, 'events')
  if (text === undefined) return eventNames
  return text.split(',').flatMap((pattern) => {
    const found = pattern.endsWith('*')
      ? eventNames.filter((name) => name.startsWith(pattern.slice(0, -1)))
      : eventNames.filter((name) => name === pattern)
    if (found.length === 0)
      throw new Failure(
        exitCodes.userError,
        `"${pattern}" is no event. Did you mean "${nearest(pattern.replace(/\*$/, ''), eventNames)}"?`,
      )
    return found
  })
}

/**
 * Yields the events that happen from now on, or after a cursor, in the order of the log, until told to stop. A server
 * that is away is waited for, and said so once: the cursor misses nothing.
 */
export async function* followLog(
  { url, key }: Source,
  names: readonly string[],
  after: string | undefined,
  stop: AbortSignal,
  say: (sentence: string) => void,
): AsyncGenerator<LoggedEvent> {
  let cursor = after
  let isAway = false
  const start = new Date().toISOString()
  while (!stop.aborted) {
    const query = new URLSearchParams({ limit: '100', events: names.join(',') })
    if (cursor === undefined) query.set('range_start', start)
    else query.set('after', cursor)
    const events = await readPage(`${url}/events?${query}`, key, stop)
    if (!events !== isAway && !stop.aborted) {
      isAway = !events
      say(isAway ? `${url} does not answer. Waiting for it.` : `${url} answers again.`)
    }
    for (const event of events ?? []) {
      cursor = event.id
      yield event
    }
    if (!events || events.length === 0) await sleep(pollMs, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** @returns undefined while the server cannot be reached. */
async function readPage(url: string, key: string, signal: AbortSignal): Promise<LoggedEvent[] | undefined> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal }).catch(() => undefined)
  if (!response || response.status >= 500 || response.status === 429) return undefined
  const body = (await response.json().catch(() => ({}))) as { message?: string; data?: Omit<LoggedEvent, 'text'>[] } // the API's own answer
  if (signal.aborted) return undefined
  if (!response.ok || !body.data) {
    const reason = body.message ?? 'it does not seem to be a Gatehouse.'
    throw new Failure(exitCodes.userError, `The server answered ${response.status}: ${reason}`)
  }
  return body.data.map((event) => ({ ...event, text: JSON.stringify(event) }))
}
