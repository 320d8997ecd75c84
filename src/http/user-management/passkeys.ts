import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/passkeys.ts'
import { change } from '#db/work.ts'
import { listUserPasskeys } from '#domain/passkeys/list.ts'
import { removePasskey } from '#domain/passkeys/remove.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function passkeyRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listUserPasskeys, ({ params, query }, { environment }) =>
    listUserPasskeys(deps.db, environment, params.id, query),
  )

  serve(app, deps, contract.deleteUserPasskey, ({ params }, { scope }) =>
    change(deps, scope, (work) => removePasskey(work, params.id, params.passkey_id)),
  )
}
