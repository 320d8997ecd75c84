import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/jwt-templates.ts'
import { change } from '#db/work.ts'
import { readJwtTemplate, setJwtTemplate } from '#domain/sessions/jwt-template.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function jwtTemplateRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.getJwtTemplate, (_input, { environment }) => readJwtTemplate(deps.db, environment))

  serve(app, deps, contract.setJwtTemplate, ({ body }, { scope }) =>
    change(deps, scope, (work) => setJwtTemplate(work, body.content)),
  )
}
