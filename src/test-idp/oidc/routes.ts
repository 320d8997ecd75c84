import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { testIdpOidcUrl } from '../addresses.ts'
import { bodyOf, crossSiteProblem, type DoorDeps, queryOf, sendProblem, withIdp } from '../door.ts'
import type { Idp } from '../idp.ts'
import { consentPage, formPostPage } from '../pages/oidc-pages.ts'
import { sendPage } from '../pages/page.ts'
import { personFor } from '../people.ts'
import { accessTokenSeconds, Grants } from './grants.ts'
import { claimsOf, idToken, keySet } from './id-token.ts'
import { type OidcRequest, readOidcRequest } from './request.ts'
import { isScenario } from './scenarios.ts'
import { oidcTestSecret } from './secret.ts'

/** Every test identity provider is an OpenID provider too, with the same people and the same key. */
export function oidcRoutes(app: FastifyInstance, deps: DoorDeps & { readonly origins: readonly string[] }): void {
  const { registry, baseUrl, clock, origins } = deps
  const grants = new Grants(clock)
  const issuerOf = (idp: Idp) => testIdpOidcUrl(baseUrl, idp.slug)

  app.get(
    '/:slug/oidc/.well-known/openid-configuration',
    withIdp(registry, (idp, _request, reply) => {
      const issuer = issuerOf(idp)
      return reply.send({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        response_modes_supported: ['query', 'form_post'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        scopes_supported: ['openid', 'email', 'profile'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      })
    }),
  )

  app.get(
    '/:slug/oidc/jwks',
    withIdp(registry, (idp, _request, reply) => reply.send(keySet(idp))),
  )

  app.get(
    '/:slug/oidc/authorize',
    withIdp(registry, (idp, request, reply) => {
      const asked = readOidcRequest(queryOf(request), baseUrl, origins)
      return asked.ok ? sendPage(reply, consentPage(idp, asked.value)) : sendProblem(request, reply, asked.error)
    }),
  )

  app.post(
    '/:slug/oidc/authorize',
    withIdp(registry, (idp, request, reply) => {
      const foreign = crossSiteProblem(request)
      if (foreign) return sendProblem(request, reply, foreign)
      const fields = bodyOf(request)
      const asked = readOidcRequest(fields, baseUrl, origins)
      if (!asked.ok) return sendProblem(request, reply, asked.error)
      const email = (fields.get('user') ?? fields.get('email') ?? '').trim()
      if (fields.get('deny') !== null) return answer(reply, asked.value, { error: 'access_denied', iss: issuerOf(idp) })
      if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 200)
        return sendPage(reply, { ...consentPage(idp, asked.value), status: 422 })
      const scenario = fields.get('scenario')
      const { clientId, redirectUri, nonce, codeChallenge, scopes } = asked.value
      const code = grants.addCode({
        slug: idp.slug,
        clientId,
        redirectUri,
        nonce,
        codeChallenge,
        scopes,
        person: personFor(email),
        scenario: isScenario(scenario) ? scenario : null,
      })
      const iss = scenario === 'mix-up' ? 'https://elsewhere.test' : issuerOf(idp)
      return answer(reply, asked.value, { code, iss })
    }),
  )

  app.post(
    '/:slug/oidc/token',
    withIdp(registry, (idp, request, reply) => {
      reply.header('cache-control', 'no-store')
      const fields = bodyOf(request)
      const client = clientOf(request, fields)
      if (client?.secret !== oidcTestSecret)
        return reply.status(401).send({
          error: 'invalid_client',
          error_description: `The secret of every client is ${oidcTestSecret}.`,
        })
      if (fields.get('grant_type') !== 'authorization_code')
        return reply.status(400).send({ error: 'unsupported_grant_type' })
      const grant = grants.takeCode(fields.get('code') ?? '', {
        clientId: client.id,
        redirectUri: fields.get('redirect_uri') ?? '',
        verifier: fields.get('code_verifier'),
      })
      if (grant?.slug !== idp.slug)
        return reply.status(400).send({ error: 'invalid_grant', error_description: 'The code is not good (any more).' })
      return reply.send({
        access_token: grants.addToken(grant),
        token_type: 'Bearer',
        expires_in: accessTokenSeconds,
        scope: grant.scopes.join(' '),
        id_token: idToken(idp, issuerOf(idp), grant, clock()),
      })
    }),
  )

  app.get(
    '/:slug/oidc/userinfo',
    withIdp(registry, (idp, request, reply) => {
      const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
      const grant = token === undefined ? undefined : grants.byToken(token)
      if (grant?.slug !== idp.slug)
        return reply
          .status(401)
          .header('www-authenticate', 'Bearer error="invalid_token"')
          .send({ error: 'invalid_token' })
      return reply.send(claimsOf(grant))
    }),
  )
}

/** RFC 6749 §4.1.2, by redirect or (OAuth 2.0 Form Post Response Mode) by a form that posts itself. */
function answer(
  reply: FastifyReply,
  request: OidcRequest,
  facts: Readonly<Record<string, string>>,
): Promise<FastifyReply> | FastifyReply {
  const parameters = { ...facts, ...(request.state !== null && { state: request.state }) }
  if (request.responseMode === 'form_post') return sendPage(reply, formPostPage(request.redirectUri, parameters))
  const url = new URL(request.redirectUri)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return reply.redirect(url.href, 303)
}

/** RFC 6749 §2.3.1: in the header, form-encoded, or in the body. */
function clientOf(request: FastifyRequest, fields: URLSearchParams): { id: string; secret: string } | undefined {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (basic === undefined) return { id: fields.get('client_id') ?? '', secret: fields.get('client_secret') ?? '' }
  const [id, secret] = Buffer.from(basic, 'base64').toString().split(':')
  const decoded = new URLSearchParams(`id=${id ?? ''}&secret=${secret ?? ''}`)
  return { id: decoded.get('id') ?? '', secret: decoded.get('secret') ?? '' }
}
