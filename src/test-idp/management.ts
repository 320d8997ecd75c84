import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { identityProviderMetadata } from '#protocols/saml/metadata.ts'
import { testIdpEntityId, testIdpHomeUrl, testIdpMetadataUrl, testIdpSsoUrl } from './addresses.ts'
import {
  answer,
  bodyOf,
  crossSiteProblem,
  type DoorDeps,
  sendFieldErrors,
  sendProblem,
  wantsJson,
  withIdp,
} from './door.ts'
import { type Idp, publishedCertificates } from './idp.ts'
import { readNewIdp } from './new-idp.ts'
import { homePage } from './pages/home-page.ts'
import { listPage } from './pages/list-page.ts'
import { registryProblem } from './problem.ts'
import type { Registry } from './registry.ts'
import { scenarios } from './scenarios.ts'
import { readServiceProvider } from './service-provider.ts'
import { defaultLifetimeDays } from './signing-key.ts'

/** The pages an administrator of an identity provider would use, and the same things as JSON. */
export function managementRoutes(app: FastifyInstance, { registry, baseUrl }: DoorDeps): void {
  app.get('/', (request, reply) =>
    answer(request, reply, listPage(registry.list()), {
      status: 200,
      body: { data: registry.list().map((idp) => present(idp, baseUrl)) },
    }),
  )

  app.get('/scenarios', (_request, reply) =>
    reply.send({
      data: scenarios.map(({ slug, title, group, explanation, verdict }) => ({
        slug,
        title,
        group,
        explanation,
        verdict,
      })),
    }),
  )

  app.post('/idps', async (request, reply) => {
    const foreign = crossSiteProblem(request)
    if (foreign) return sendProblem(request, reply, foreign)
    const fields = bodyOf(request)
    const wanted = readNewIdp(fields, (slug) => registry.find(slug) !== undefined)
    if (!wanted.ok) {
      const errors = wanted.error
      return sendFieldErrors(request, reply, listPage(registry.list(), { values: fields, errors }), errors)
    }
    const created = await registry.create(wanted.value)
    if (!created.ok) return sendProblem(request, reply, registryProblem(created.error, wanted.value.slug))
    if (wantsJson(request)) return reply.status(201).send(present(created.value, baseUrl))
    return reply.redirect(testIdpHomeUrl('', created.value.slug), 303)
  })

  app.get(
    '/:slug',
    withIdp(registry, (idp, request, reply) =>
      answer(request, reply, homePage(idp, baseUrl), { status: 200, body: present(idp, baseUrl) }),
    ),
  )

  app.get(
    '/:slug/metadata',
    withIdp(registry, (idp, _request, reply) =>
      reply.header('content-type', 'application/samlmetadata+xml; charset=utf-8').send(
        identityProviderMetadata({
          entityId: testIdpEntityId(baseUrl, idp.slug),
          ssoRedirectUrl: testIdpSsoUrl(baseUrl, idp.slug),
          ssoPostUrl: testIdpSsoUrl(baseUrl, idp.slug),
          signingCertificates: publishedCertificates(idp),
          wantAuthnRequestsSigned: false,
        }),
      ),
    ),
  )

  app.post(
    '/:slug/rotate',
    withIdp(registry, async (idp, request, reply) => {
      const foreign = crossSiteProblem(request)
      if (foreign) return sendProblem(request, reply, foreign)
      const fields = bodyOf(request)
      const days = readDays(fields.get('days'))
      if (days === undefined) {
        const errors = new Map([['days', 'Enter a whole number of days from 1 to 3650.']])
        return sendFieldErrors(request, reply, homePage(idp, baseUrl, { values: fields, errors }), errors)
      }
      return sendIdp(request, reply, await registry.rotate(idp.slug, days), idp.slug)
    }),
  )

  app.post(
    '/:slug/service-providers',
    withIdp(registry, async (idp, request, reply) => {
      const foreign = crossSiteProblem(request)
      if (foreign) return sendProblem(request, reply, foreign)
      const fields = bodyOf(request)
      const serviceProvider = readServiceProvider(fields)
      if (!serviceProvider.ok) {
        const errors = serviceProvider.error
        return sendFieldErrors(request, reply, homePage(idp, baseUrl, { values: fields, errors }), errors)
      }
      return sendIdp(request, reply, registry.remember(idp.slug, serviceProvider.value), idp.slug)
    }),
  )

  function sendIdp(
    request: FastifyRequest,
    reply: FastifyReply,
    changed: ReturnType<Registry['remember']>,
    slug: string,
  ) {
    if (!changed.ok) return sendProblem(request, reply, registryProblem(changed.error, slug))
    if (wantsJson(request)) return reply.send(present(changed.value, baseUrl))
    return reply.redirect(testIdpHomeUrl('', slug), 303)
  }
}

function present(idp: Idp, baseUrl: string) {
  return {
    slug: idp.slug,
    kind: idp.kind,
    name: idp.name,
    entity_id: testIdpEntityId(baseUrl, idp.slug),
    metadata_url: testIdpMetadataUrl(baseUrl, idp.slug),
    sso_url: testIdpSsoUrl(baseUrl, idp.slug),
    certificates: publishedCertificates(idp),
    service_providers: idp.serviceProviders.map(({ entityId, acsUrl, registered }) => ({
      entity_id: entityId,
      acs_url: acsUrl,
      registered,
    })),
  }
}

function readDays(text: string | null): number | undefined {
  if (text === null) return defaultLifetimeDays
  const days = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined
  return days !== undefined && days <= defaultLifetimeDays ? days : undefined
}
