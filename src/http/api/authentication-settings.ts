import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/authentication-settings.ts'
import { change } from '#db/work.ts'
import * as settings from '#domain/authentication/settings.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function authenticationSettingsRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.getAuthenticationSettings, (_input, { environment }) =>
    settings.readSettings(deps.db.kysely, environment),
  )

  serve(app, deps, contract.updateAuthenticationSettings, ({ body }, { scope }) =>
    change(deps, scope, (work) => settings.saveSettings(work, deps.secrets, body)),
  )

  serve(app, deps, contract.getOrganizationAuthenticationSettings, ({ params }, { environment }) =>
    settings.readOrganizationSettings(deps.db.kysely, environment, params.id),
  )

  serve(app, deps, contract.setOrganizationAuthenticationSettings, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => settings.saveOrganizationSettings(work, params.id, body)),
  )
}
