import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/alert-rules.ts'
import { change } from '#db/work.ts'
import {
  createAlertRule,
  listAlertRules,
  readAlertRule,
  removeAlertRule,
  updateAlertRule,
} from '#domain/alerts/rules.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function alertRuleRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listAlertRules, ({ query }, { environment }) => listAlertRules(deps.db, environment, query))

  serve(app, deps, contract.createAlertRule, ({ body }, { scope }) =>
    change(deps, scope, (work) => createAlertRule(work, body)),
  )

  serve(app, deps, contract.getAlertRule, ({ params }, { environment }) =>
    readAlertRule(deps.db.kysely, environment, params.id),
  )

  serve(app, deps, contract.updateAlertRule, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updateAlertRule(work, params.id, body)),
  )

  serve(app, deps, contract.deleteAlertRule, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeAlertRule(work, params.id)),
  )
}
