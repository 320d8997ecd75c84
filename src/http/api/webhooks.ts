import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/webhooks.ts'
import { change } from '#db/work.ts'
import { listDeliveries, recoverDeliveries, replayEvents, retryDelivery } from '#domain/webhooks/deliveries.ts'
import {
  createEndpoint,
  listEndpoints,
  readEndpoint,
  removeEndpoint,
  rollSecret,
  updateEndpoint,
} from '#domain/webhooks/endpoints.ts'
import { testEndpoint } from '#domain/webhooks/test-send.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function webhookRoutes(app: FastifyInstance, deps: Deps): void {
  const { webhookRules: rules } = deps
  const scheduled = (count: number) => ({ object: 'webhook_deliveries_scheduled' as const, count })

  serve(app, deps, contract.listWebhookEndpoints, ({ query }, { environment }) =>
    listEndpoints(deps.db, environment, query, rules.secrets),
  )

  serve(app, deps, contract.createWebhookEndpoint, ({ body }, { scope }) =>
    change(deps, scope, (work) => createEndpoint(work, body, rules)),
  )

  serve(app, deps, contract.getWebhookEndpoint, ({ params }, { environment }) =>
    readEndpoint(deps.db, environment, params.id, rules.secrets),
  )

  serve(app, deps, contract.updateWebhookEndpoint, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updateEndpoint(work, params.id, body, rules)),
  )

  serve(app, deps, contract.deleteWebhookEndpoint, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeEndpoint(work, params.id)),
  )

  serve(app, deps, contract.rollWebhookSecret, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => rollSecret(work, params.id, rules, body.overlap_seconds)),
  )

  serve(app, deps, contract.testWebhookEndpoint, ({ params, body }, { scope }) =>
    testEndpoint(deps, scope, params.id, body.event),
  )

  serve(app, deps, contract.listWebhookDeliveries, ({ params, query }, { environment }) =>
    listDeliveries(deps.db, environment, params.id, query),
  )

  serve(app, deps, contract.retryWebhookDelivery, async ({ params }, { scope }) => {
    const delivery = await change(deps, scope, (work) => retryDelivery(work, params.id))
    deps.wakeWebhooks()
    return delivery
  })

  serve(app, deps, contract.recoverWebhookDeliveries, async ({ params, body }, { scope }) => {
    const count = await change(deps, scope, async (work) =>
      scheduled(await recoverDeliveries(work, params.id, body.since)),
    )
    deps.wakeWebhooks()
    return count
  })

  serve(app, deps, contract.replayWebhookEvents, async ({ params, body }, { scope }) => {
    const count = await change(deps, scope, async (work) => scheduled(await replayEvents(work, params.id, body)))
    deps.wakeWebhooks()
    return count
  })
}
