import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/environments.ts'
import * as keys from '#contracts/signing-keys.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { change } from '#db/work.ts'
import { createApiKey, listApiKeys, revokeApiKey, rollApiKey } from '#domain/environments/api-keys.ts'
import { settlePeople } from '#domain/directories/settle.ts'
import { readEnvironment } from '#domain/environments/create.ts'
import { listSigningKeys } from '#domain/environments/list-signing-keys.ts'
import { rotateSigningKey } from '#domain/environments/signing-keys.ts'
import { updateEnvironment } from '#domain/environments/update.ts'
import { NotFound } from '#domain/errors.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function environmentRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.getCurrentEnvironment, (_input, { environment }) => readEnvironment(deps.db, environment))

  serve(app, deps, contract.updateCurrentEnvironment, async ({ body }, { environment, scope }) => {
    const updated = await change(deps, scope, (work) => updateEnvironment(work, body))
    await settlePeople(deps, environment)
    return updated
  })

  serve(app, deps, keys.listSigningKeys, (_input, { environment }) =>
    listSigningKeys(deps.db.kysely, environment, deps.clock()),
  )

  serve(app, deps, keys.rotateSigningKeys, ({ body }, { scope }) =>
    change(deps, scope, async (work) => {
      await rotateSigningKey(work, body.algorithm ?? 'RS256', deps.secrets)
      return listSigningKeys(work.tx, work.environment, work.now)
    }),
  )

  serve(app, deps, contract.listEnvironmentApiKeys, async ({ params, query }, { environment }) => {
    requireOwn(params.environment_id, environment)
    return listApiKeys(deps.db, environment, query)
  })

  serve(app, deps, contract.createEnvironmentApiKey, async ({ params, body }, { environment, kind, scope }) => {
    requireOwn(params.environment_id, environment)
    return change(deps, scope, (work) => createApiKey(work, kind, body))
  })

  serve(app, deps, contract.rollEnvironmentApiKey, async ({ params, body }, { environment, kind, scope }) => {
    requireOwn(params.environment_id, environment)
    return change(deps, scope, (work) => rollApiKey(work, kind, params.id, body.overlap_seconds))
  })

  serve(app, deps, contract.revokeEnvironmentApiKey, async ({ params }, { environment, scope }) => {
    requireOwn(params.environment_id, environment)
    return change(deps, scope, (work) => revokeApiKey(work, params.id))
  })
}

/** To a key, every other environment does not exist. */
function requireOwn(asked: EnvironmentId, own: EnvironmentId): void {
  if (asked !== own) throw new NotFound('Environment', asked)
}
