import { wireEventNames } from '#contracts/event-names.ts'
import type { WebhookEndpointId } from '#contracts/ids.ts'
import type { WebhookEndpoint, WebhookEndpointCreate, WebhookEndpointUpdate } from '#contracts/webhooks.ts'
import type { PlanStep, SeedPlan } from './plan.ts'
import type { SeedWebhookEndpoint } from './seed-webhooks.ts'

export type WebhookAction =
  | {
      readonly do: 'create webhook endpoint'
      readonly input: WebhookEndpointCreate
      readonly enabled: boolean
      readonly secret?: string
    }
  | {
      readonly do: 'update webhook endpoint'
      readonly id: WebhookEndpointId
      readonly change: WebhookEndpointUpdate
      readonly secret?: string
    }

export type StoredWebhookEndpoint = Pick<
  WebhookEndpoint,
  'id' | 'endpoint_url' | 'status' | 'events' | 'ordered' | 'secret'
>

/** Webhook endpoints, found by URL. A list of events is the whole list. */
export function planWebhooks(
  wanted: readonly SeedWebhookEndpoint[],
  stored: readonly StoredWebhookEndpoint[],
): SeedPlan {
  const lines = new Map<string, number>()
  const problems = wanted.flatMap(({ line, endpoint_url: url }) => {
    const earlier = lines.get(url)
    lines.set(url, line)
    return earlier === undefined ? [] : [`line ${line}: the webhook endpoint ${url} stands on line ${earlier} already.`]
  })
  return { steps: wanted.map((endpoint) => planEndpoint(endpoint, stored)), problems }
}

function planEndpoint(wanted: SeedWebhookEndpoint, stored: readonly StoredWebhookEndpoint[]): PlanStep {
  const { endpoint_url, events, enabled, ordered, secret } = wanted
  const what = `webhook endpoint ${endpoint_url}`
  const found = stored.find((one) => one.endpoint_url === endpoint_url)
  if (!found) {
    const input = { endpoint_url, events: [...(events ?? wireEventNames)], ...(ordered !== undefined && { ordered }) }
    const action = { do: 'create webhook endpoint', input, enabled: enabled ?? true } as const
    return { mark: '+', what, details: [], action: { ...action, ...(secret !== undefined && { secret }) } }
  }
  const status = enabled === undefined ? found.status : enabled ? 'enabled' : 'disabled'
  const gains = (events ?? []).filter((name) => !found.events.includes(name))
  const losses = events ? found.events.filter((name) => !events.includes(name)) : []
  const renewed = secret !== undefined && secret !== found.secret
  const details: PlanStep['details'] = [
    ...gains.map((name) => ({ mark: '+', text: name }) as const),
    ...losses.map((name) => ({ mark: '-', text: name }) as const),
    ...(status === found.status ? [] : [{ mark: '~', text: status } as const]),
    ...(ordered === undefined || ordered === found.ordered
      ? []
      : [{ mark: '~', text: ordered ? 'ordered' : 'not ordered' } as const]),
    ...(renewed ? [{ mark: '~', text: 'another secret; the former one signs beside it for a day' } as const] : []),
  ]
  if (details.length === 0) return { mark: '=', what, details }
  const change = {
    ...(gains.length + losses.length > 0 && events && { events: [...events] }),
    ...(status !== found.status && { status }),
    ...(ordered !== undefined && { ordered }),
  }
  const action = { do: 'update webhook endpoint', id: found.id, change, ...(renewed && { secret }) } as const
  return { mark: '~', what, details, action }
}
