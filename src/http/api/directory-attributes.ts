import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/directory-attributes.ts'
import { change } from '#db/work.ts'
import { listAttributes, removeAttribute, setAttribute } from '#domain/directories/attribute-definitions.ts'
import { settlePeople } from '#domain/directories/settle.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function directoryAttributeRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listDirectoryAttributes, (_input, { environment }) => listAttributes(deps.db, environment))

  serve(app, deps, contract.setDirectoryAttribute, async ({ params, body }, { environment, scope }) => {
    const attribute = await change(deps, scope, (work) => setAttribute(work, params.name, body))
    await settlePeople(deps, environment)
    return attribute
  })

  serve(app, deps, contract.deleteDirectoryAttribute, async ({ params }, { environment, scope }) => {
    await change(deps, scope, (work) => removeAttribute(work, params.name))
    await settlePeople(deps, environment)
  })
}
