import type { FastifyInstance } from 'fastify'
import { generateKeyPairSync } from 'node:crypto'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { identityProviderMetadata } from '#protocols/saml/metadata.ts'
export function testIdpRoutes(
  app: FastifyInstance,
  o: { baseUrl: string; folder: string | undefined; clock: () => Date },
): void {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  app.get('/test-idp/', async () => 'hi')
  app.get('/test-idp/default/metadata', async (_r, reply) =>
    reply
      .type('application/xml')
      .send(
        identityProviderMetadata({
          entityId: `${o.baseUrl}/test-idp/default`,
          ssoRedirectUrl: `${o.baseUrl}/test-idp/default/sso`,
          ssoPostUrl: `${o.baseUrl}/test-idp/default/sso`,
          signingCertificates: [
            await selfSignedCertificate({
              commonName: 'x',
              keys,
              notBefore: new Date(),
              notAfter: new Date(Date.now() + 1e10),
            }),
          ],
          wantAuthnRequestsSigned: false,
        }),
      ),
  )
}
