import type { AlertRuleId, OrganizationId, WebhookEndpointId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { queueMail } from '../mail/queue.ts'
import type { Turn } from './watch.ts'

export interface Rule {
  readonly id: AlertRuleId
  readonly name: string
  readonly events: string[]
  readonly threshold: number
  readonly window_seconds: number
  readonly organization_id: OrganizationId | null
  readonly endpoint_id: WebhookEndpointId | null
  readonly emails: readonly string[]
}

/** Says by event that a rule fires or has recovered, and by mail to those it names. Webhooks follow the event. */
export async function announce(
  work: Work,
  secrets: Secrets,
  rule: Rule,
  organization: OrganizationId | null,
  turn: Turn,
): Promise<void> {
  const data = {
    object: 'alert' as const,
    alert_rule_id: rule.id,
    name: rule.name,
    events: rule.events,
    threshold: rule.threshold,
    window_seconds: rule.window_seconds,
    organization_id: organization,
    webhook_endpoint_id: rule.endpoint_id,
  }
  if (turn.kind === 'firing')
    work.emit('alert.firing', { ...data, firing_since: iso(turn.at), state: 'firing' }, organization)
  else
    work.emit(
      'alert.recovered',
      { ...data, firing_since: iso(turn.since), state: 'recovered', recovered_at: iso(turn.at) },
      organization,
    )
  const values = { rule: rule.name, text: textOf(rule, organization, turn) }
  for (const to of rule.emails) await queueMail(work, secrets, 'alert', { to, locale: null, values })
}

function textOf(rule: Rule, organization: OrganizationId | null, turn: Turn): string {
  const where = organization === null ? '' : ` of ${organization}`
  const what = `${rule.events.join(', ')}${where}`
  return turn.kind === 'firing'
    ? `${rule.threshold} or more within ${rule.window_seconds} seconds, at ${iso(turn.at)}: ${what}.`
    : `Fewer than ${rule.threshold} within ${rule.window_seconds} seconds again, since ${iso(turn.at)}: ${what}.`
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
