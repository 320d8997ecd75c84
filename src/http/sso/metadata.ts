import type { FastifyInstance } from 'fastify'
import { serviceProviderMetadata } from '#protocols/saml/metadata.ts'
import { readServiceProvider } from '#domain/connections/service-provider.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { sendUnknownConnection } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'

/** The SP metadata document, at its own address and at the entity id, which is a URL people like to open. */
export function metadataRoutes(app: FastifyInstance, deps: Deps): void {
  for (const path of ['/sso/saml/metadata/:key', '/sso/saml/sp/:key'])
    app.get<{ Params: { key: string } }>(path, publicRoute, async (request, reply) => {
      const found = await readServiceProvider(deps.db, checkText(request.params).key, deps.baseUrl)
      if (!found) return sendUnknownConnection(reply)
      const certificates = (await deps.signingKeys.get(found.environment, 'saml')).map(({ certificate }) => certificate)
      return reply.type('application/samlmetadata+xml; charset=utf-8').send(
        serviceProviderMetadata({
          entityId: found.entityId,
          acsUrl: found.acsUrl,
          signingCertificates: certificates,
          // AD FS starts encrypting as soon as it sees one: publish it only when encryption is wanted.
          encryptionCertificates: found.wantEncryptedAssertions ? certificates.slice(0, 1) : [],
          wantAssertionsSigned: true,
          authnRequestsSigned: found.signsRequests,
        }),
      )
    })
}
