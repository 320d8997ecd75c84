import type { SplunkSettings } from '#contracts/log-streams.ts'
import type { BatchRequest, Explain } from './http-destination.ts'
import type { LogEvent } from './outlets.ts'

/** HTTP Event Collector: one envelope an event, one after the other, not an array. */
export function splunkRequest(
  events: readonly LogEvent[],
  { url, index, source, sourcetype }: SplunkSettings,
  token: string,
  { environment, kind }: { readonly environment: string; readonly kind: string },
): BatchRequest {
  const envelopes = events.map((event) => {
    const envelope = {
      time: event.created_at.getTime() / 1000,
      source,
      sourcetype,
      ...(index !== null && { index }),
      fields: {
        env: kind,
        environment,
        event: event.type,
        ...(event.organization_id !== null && { organization: event.organization_id }),
      },
    }
    return `${JSON.stringify(envelope).slice(0, -1)},"event":${event.body}}`
  })
  return {
    url: `${url.replace(/\/+$/, '').replace(/\/services\/collector(?:\/event)?$/, '')}/services/collector/event`,
    headers: { 'content-type': 'application/json', authorization: `Splunk ${token}` },
    body: envelopes.join('\n'),
    gzip: false,
  }
}

/** Splunk says more in its code than in the status, and a 200 without code 0 has taken nothing. */
export const explainSplunk: Explain = (status, body) => {
  const code = /"code"\s*:\s*(\d+)/.exec(body)?.[1]
  if (status === 200 && code === '0') return undefined
  const meaning = code === undefined ? undefined : codes[code]
  if (meaning !== undefined) return `Splunk answered ${status}, code ${code}: ${meaning}`
  if (status === 200)
    return 'What answers at this URL is not a Splunk HTTP Event Collector. Check host and port (8088).'
  return undefined
}

const codes: Readonly<Record<string, string>> = {
  1: 'the token is disabled. Enable it in Settings → Data inputs → HTTP Event Collector.',
  2: 'it wants a token.',
  3: 'the authorization is not valid.',
  4: 'it does not know the token. Copy the token value again; it may belong to another Splunk.',
  7: 'the token may not write to this index. Allow the index in the token, or change it here.',
  9: 'it is busy; the stream waits and loses nothing.',
  10: 'the token wants indexer acknowledgment, which needs a channel. Switch it off for this token.',
}
