import type { Work } from '#db/work.ts'
import { checkEndpoint, createEndpoint, type EndpointRules, rollSecret, updateEndpoint } from '../webhooks/endpoints.ts'
import type { PlanStep } from './plan.ts'
import type { WebhookAction } from './plan-webhooks.ts'

/** @throws Invalid for an address that cannot be delivered to, before anything is changed. */
export function checkWebhooks(steps: readonly PlanStep[], rules: EndpointRules | undefined): void {
  for (const { action } of steps) if (action?.do === 'create webhook endpoint') checkEndpoint(action.input, need(rules))
}

export async function performWebhook(
  work: Work,
  given: EndpointRules | undefined,
  action: WebhookAction,
): Promise<void> {
  const rules = need(given)
  switch (action.do) {
    case 'create webhook endpoint': {
      const { id } = await createEndpoint(work, action.input, rules, action.secret)
      if (!action.enabled) await updateEndpoint(work, id, { status: 'disabled' }, rules)
      return
    }
    case 'update webhook endpoint':
      await updateEndpoint(work, action.id, action.change, rules)
      if (action.secret !== undefined) await rollSecret(work, action.id, rules, undefined, action.secret)
      return
    default:
      return action satisfies never
  }
}

function need(rules: EndpointRules | undefined): EndpointRules {
  if (!rules) throw new Error('Webhook endpoints need the encryption key.')
  return rules
}
