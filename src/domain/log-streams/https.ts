import type { HttpsSettings } from '#contracts/log-streams.ts'
import type { BatchRequest } from './http-destination.ts'
import type { LogEvent } from './outlets.ts'

export function toLines(events: readonly LogEvent[]): string {
  return events.map(({ body }) => `${body}\n`).join('')
}

/** The events as they are: a line each, or an array. */
export function httpsRequest(
  events: readonly LogEvent[],
  { url, format, compress }: HttpsSettings,
  headers: Readonly<Record<string, string>>,
): BatchRequest {
  const isArray = format === 'json'
  return {
    url,
    headers: { 'content-type': isArray ? 'application/json' : 'application/x-ndjson', ...headers },
    body: isArray ? `[${events.map(({ body }) => body).join(',')}]` : toLines(events),
    gzip: compress,
  }
}
