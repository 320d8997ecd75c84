import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/users.ts'
import { change } from '#db/work.ts'
import { readSettings } from '#domain/authentication/settings.ts'
import { createUser } from '#domain/users/create.ts'
import { listUserIdentities } from '#domain/users/identities.ts'
import { presentUser } from '#domain/users/present.ts'
import { prepareGivenPassword } from '#domain/users/given-password.ts'
import { setPassword } from '#domain/users/passwords.ts'
import { listUsers, readUser, readUserByExternalId } from '#domain/users/read.ts'
import { removeUser } from '#domain/users/remove.ts'
import { updateUser } from '#domain/users/update.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function userRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listUsers, ({ query: { organization, ...query } }, { environment }) =>
    listUsers(deps.db, environment, {
      ...(organization !== undefined && { organization_id: organization }),
      ...query,
    }),
  )

  serve(app, deps, contract.createUser, async ({ body }, { environment, scope }) => {
    const policy = (await readSettings(deps.db.kysely, environment)).password
    const password = await prepareGivenPassword(deps.db, environment, body, () => Promise.resolve(body), policy)
    return change(deps, scope, async (work) => {
      const user = await createUser(work, body)
      if (password) await setPassword(work, user.id, password, policy)
      return presentUser(user)
    })
  })

  serve(app, deps, contract.getUser, async ({ params }, { environment }) =>
    presentUser(await readUser(deps.db.kysely, environment, params.id)),
  )

  serve(app, deps, contract.getUserByExternalId, async ({ params }, { environment }) =>
    presentUser(await readUserByExternalId(deps.db.kysely, environment, params.external_id)),
  )

  serve(app, deps, contract.updateUser, async ({ params: { id }, body }, { environment, scope }) => {
    const owner = async () => ({ ...(await readUser(deps.db.kysely, environment, id)), ...body, id })
    const policy = (await readSettings(deps.db.kysely, environment)).password
    const password = await prepareGivenPassword(deps.db, environment, body, owner, policy)
    return change(deps, scope, async (work) => {
      const user = await updateUser(work, id, body)
      if (password) await setPassword(work, id, password, policy)
      return presentUser(user)
    })
  })

  serve(app, deps, contract.deleteUser, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeUser(work, params.id)),
  )

  serve(app, deps, contract.listUserIdentities, ({ params }, { environment }) =>
    listUserIdentities(deps.db, environment, params.id),
  )
}
