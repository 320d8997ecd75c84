import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { testIdpProvisioningUrl } from '../addresses.ts'
import {
  answer,
  bodyOf,
  crossSiteProblem,
  type DoorDeps,
  sendFieldErrors,
  sendProblem,
  wantsJson,
  withIdp,
} from '../door.ts'
import type { Idp } from '../idp.ts'
import { appPage } from '../pages/app-page.ts'
import { appsPage } from '../pages/apps-page.ts'
import { problem } from '../problem.ts'
import type { App, Outcome } from './app.ts'
import type { Apps } from './apps.ts'
import { carryOut } from './app-actions.ts'
import { readNewApp, readToken } from './new-app.ts'
import { presentApp, presentOutcome } from './present-app.ts'

export interface ProvisioningDeps extends DoorDeps {
  readonly apps: Apps
  /** Beside this machine, where endpoints may be. */
  readonly origins: readonly string[]
}

type Handler = (
  idp: Idp,
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply> | FastifyReply

/** Where an administrator of an identity provider has users and groups sent to an app, and the same things as JSON. */
export function provisioningRoutes(door: FastifyInstance, { registry, apps, origins }: ProvisioningDeps): void {
  door.get(
    '/:slug/provisioning',
    withIdp(registry, (idp, request, reply) => {
      const all = apps.list(idp.slug)
      return answer(request, reply, appsPage(idp, all), { status: 200, body: { data: all.map(presentApp) } })
    }),
  )

  door.post(
    '/:slug/provisioning',
    withIdp(registry, (idp, request, reply) => {
      const foreign = crossSiteProblem(request)
      if (foreign) return sendProblem(request, reply, foreign)
      const fields = bodyOf(request)
      const wanted = readNewApp(fields, origins)
      if (!wanted.ok) {
        const errors = wanted.error
        return sendFieldErrors(request, reply, appsPage(idp, apps.list(idp.slug), { values: fields, errors }), errors)
      }
      const created = apps.create(idp.slug, wanted.value)
      if (!created.ok) return sendProblem(request, reply, tooManyApps(idp))
      if (wantsJson(request)) return reply.status(201).send(presentApp(created.value))
      return reply.redirect(testIdpProvisioningUrl('', idp.slug, created.value.settings.id), 303)
    }),
  )

  door.get(
    '/:slug/provisioning/:app',
    withApp((idp, app, request, reply) =>
      answer(request, reply, appPage(idp, app), { status: 200, body: presentApp(app) }),
    ),
  )

  door.post(
    '/:slug/provisioning/:app/test',
    withOwnForm(async (idp, app, request, reply) => sendOutcome(idp, app, request, reply, await app.test())),
  )

  door.post(
    '/:slug/provisioning/:app/credentials',
    withOwnForm((idp, app, request, reply) => {
      const errors = new Map<string, string>()
      const token = readToken(bodyOf(request), errors)
      // What was pasted is not put back into the form: it may be a token, only a wrong one.
      if (errors.size > 0)
        return sendFieldErrors(request, reply, appPage(idp, app, { values: new URLSearchParams(), errors }), errors)
      app.setToken(token)
      if (wantsJson(request)) return reply.send(presentApp(app))
      return reply.redirect(testIdpProvisioningUrl('', idp.slug, app.settings.id), 303)
    }),
  )

  door.post(
    '/:slug/provisioning/:app/actions',
    withOwnForm(async (idp, app, request, reply) => {
      const fields = bodyOf(request)
      const done = await carryOut(app, fields)
      if (done.ok) return sendOutcome(idp, app, request, reply, done.value)
      if ('status' in done.error) return sendProblem(request, reply, { ...done.error, href: pageOf(idp, app) })
      const errors = done.error
      return sendFieldErrors(request, reply, appPage(idp, app, { values: fields, errors }), errors)
    }),
  )

  door.post(
    '/:slug/provisioning/:app/remove',
    withOwnForm((idp, app, request, reply) => {
      apps.remove(idp.slug, app.settings.id)
      if (wantsJson(request)) return reply.status(204).send()
      return reply.redirect(testIdpProvisioningUrl('', idp.slug), 303)
    }),
  )

  function withApp(handler: Handler) {
    return withIdp(registry, (idp, request, reply) => {
      const { app: id } = request.params as { app: string } // every path here has one
      const app = apps.find(idp.slug, id)
      return app ? handler(idp, app, request, reply) : sendProblem(request, reply, unknownApp(idp, id))
    })
  }

  function withOwnForm(handler: Handler) {
    return withApp((idp, app, request, reply) => {
      const foreign = crossSiteProblem(request)
      return foreign ? sendProblem(request, reply, foreign) : handler(idp, app, request, reply)
    })
  }
}

function sendOutcome(idp: Idp, app: App, request: FastifyRequest, reply: FastifyReply, outcome: Outcome) {
  if (wantsJson(request)) return reply.send({ outcome: presentOutcome(outcome), app: presentApp(app) })
  return reply.redirect(pageOf(idp, app), 303)
}

function pageOf(idp: Idp, app: App): string {
  return testIdpProvisioningUrl('', idp.slug, app.settings.id)
}

function unknownApp(idp: Idp, id: string) {
  return problem(
    404,
    'unknown_app',
    `${idp.name} has no app “${id.slice(0, 40)}”.`,
    'Pick one from the list, or create it there.',
    testIdpProvisioningUrl('', idp.slug),
  )
}

function tooManyApps(idp: Idp) {
  return problem(
    409,
    'too_many_apps',
    `${idp.name} has as many apps as this tool keeps.`,
    'Remove one, or create another test identity provider.',
    testIdpProvisioningUrl('', idp.slug),
  )
}
