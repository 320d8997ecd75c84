import type { DatadogSettings, DatadogSite } from '#contracts/log-streams.ts'
import type { BatchRequest, Explain } from './http-destination.ts'
import type { LogEvent } from './outlets.ts'

/** https://docs.datadoghq.com/getting_started/site/ */
const sites: Readonly<Record<DatadogSite, string>> = {
  US1: 'datadoghq.com',
  US3: 'us3.datadoghq.com',
  US5: 'us5.datadoghq.com',
  EU1: 'datadoghq.eu',
  AP1: 'ap1.datadoghq.com',
  'US1-FED': 'ddog-gov.com',
}

export function datadogIntake(site: DatadogSite): string {
  return `https://http-intake.logs.${sites[site]}`
}

/** One item an event: Datadog's reserved fields in front, then the event's own, spliced in as text. */
export function datadogRequest(
  events: readonly LogEvent[],
  { service, source, tags }: DatadogSettings,
  apiKey: string,
  { environment, kind }: { readonly environment: string; readonly kind: string },
  intake: string,
): BatchRequest {
  const common = [`env:${kind}`, `environment:${environment}`, ...tags]
  const items = events.map((event) => {
    const organization = event.organization_id === null ? [] : [`organization:${event.organization_id}`]
    const reserved = {
      ddsource: source,
      ddtags: [...common, ...organization, `event:${event.type}`].join(','),
      service,
      status: levelOf(event.type),
      message: event.type,
      timestamp: event.created_at.getTime(),
      // Datadog writes tags in lower case; an id is found by this one.
      organization_id: event.organization_id,
    }
    return `${JSON.stringify(reserved).slice(0, -1)},${event.body.slice(1)}`
  })
  return {
    url: `${intake}/api/v2/logs`,
    headers: { 'content-type': 'application/json', 'dd-api-key': apiKey },
    body: `[${items.join(',')}]`,
    gzip: true,
  }
}

export function explainDatadog({ site }: DatadogSettings): Explain {
  return (status) => {
    if (status === 401 || status === 403)
      return `Datadog refuses the API key (${status}). Either the key is wrong or revoked, or it belongs to another site: this stream sends to ${site} (${sites[site]}), and a key works on its own site alone. Compare the address of your Datadog in the browser; ${guess(site)}`
    return undefined
  }
}

function guess(site: DatadogSite): string {
  return site === 'EU1'
    ? 'app.datadoghq.com is US1.'
    : `app.datadoghq.eu is EU1${site === 'US1' ? '' : ', app.datadoghq.com is US1'}.`
}

function levelOf(type: string): 'info' | 'warn' {
  return /(?:_failed|_timed_out|\.denied|_detected)$/.test(type) ? 'warn' : 'info'
}
