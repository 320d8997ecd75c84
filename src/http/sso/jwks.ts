import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { EnvironmentId } from '#contracts/ids.ts'
import { getJwks } from '#contracts/sso.ts'
import type { Database } from '#db/database.ts'
import { readEnvironmentByClient } from '#domain/environments/create.ts'
import { publishedKeys, type SigningKey } from '#domain/environments/signing-keys.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { publicRoute } from '../rate-limit.ts'

const maxClients = 1_000

/** GET /sso/jwks/{client_id}: a plain 200 with the keys, from memory; jose follows no redirect here. */
export function jwksRoute(app: FastifyInstance, deps: Deps): void {
  const environmentOf = rememberClients(deps.db)
  app.get<{ Params: { client_id: string } }>(
    getJwks.path.replace('{client_id}', ':client_id'),
    publicRoute,
    async (request, reply) => {
      const environment = await environmentOf(checkText(request.params).client_id)
      const keys = await deps.signingKeys.get(environment, 'jwt')
      return (
        reply
          .header('cache-control', 'public, max-age=300')
          // Public keys are for everybody, pages included.
          .header('access-control-allow-origin', '*')
          .type('application/json; charset=utf-8')
          .send(`{"keys":[${publishedKeys(keys, deps.clock()).map(jwkText).join(',')}]}`)
      )
    },
  )
}

/** A client id is of one environment for good. Those of none are not remembered: anybody could fill the memory. */
function rememberClients(db: Database): (clientId: string) => Promise<EnvironmentId> {
  const known = new Map<string, EnvironmentId>()
  return async (clientId) => {
    const remembered = known.get(clientId)
    if (remembered !== undefined) return remembered
    const { id } = await readEnvironmentByClient(db, clientId)
    if (known.size >= maxClients) known.clear()
    known.set(clientId, id)
    return id
  }
}

const texts = new WeakMap<SigningKey, string>()

/** Made once for as long as the key is in memory: taking one apart costs more than all the rest. */
function jwkText(key: SigningKey): string {
  const known = texts.get(key)
  if (known !== undefined) return known
  const { id, algorithm, publicKey, certificate } = key
  const text = JSON.stringify({
    // kty with n and e, or crv with x and y (RFC 7518 §6).
    ...publicKey.export({ format: 'jwk' }),
    use: 'sig',
    alg: algorithm,
    kid: id,
    x5c: [certificate],
    'x5t#S256': createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('base64url'),
  })
  texts.set(key, text)
  return text
}
