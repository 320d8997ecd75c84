import type { FastifyRequest } from 'fastify'
import type { ApiKeyId, EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { authenticateApiKey, type KeyUse, recordKeyUse } from '#domain/environments/api-keys.ts'
import { Unauthorized } from '#domain/errors.ts'

/** Who acts for one environment and sees nothing of another. */
export interface Caller {
  readonly environment: EnvironmentId
  readonly kind: 'staging' | 'production'
  readonly clientId: string
}

/** What was answered before under an idempotency key. */
export interface Remembered {
  readonly requestHash: Buffer
  readonly status: number
  readonly answer: string
}

/** Somebody with an API key. */
interface ApiCaller extends Caller {
  readonly apiKeyId: ApiKeyId
  readonly previous: Remembered | undefined
}

/** `Authorization: Bearer …`; the scheme is case-insensitive (RFC 9110 §11.1). */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** @throws Unauthorized without a working key. */
export async function identifyApiCaller(
  deps: { readonly db: Database; readonly clock: () => Date; readonly keyUses: KeyUses },
  request: FastifyRequest,
  idempotency: { readonly key: string; readonly route: string } | undefined,
): Promise<ApiCaller> {
  const key = bearerOf(request)
  if (key === undefined) throw new Unauthorized()
  const now = deps.clock()
  const found = await authenticateApiKey(deps.db, key, now, idempotency)
  if (!found) throw new Unauthorized()
  deps.keyUses.note({ environment: found.environment_id, id: found.api_key_id, at: now, client: productOf(request) })
  const { previous_hash, previous_status, previous_answer } = found
  return {
    environment: found.environment_id,
    kind: found.kind,
    clientId: found.client_id,
    apiKeyId: found.api_key_id,
    previous:
      previous_hash !== null && previous_status !== null && previous_answer !== null
        ? { requestHash: previous_hash, status: previous_status, answer: previous_answer }
        : undefined,
  }
}

/** The first product of the User-Agent header, such as `workos-node/11.0.0`. */
export function productOf(request: FastifyRequest): string | null {
  return request.headers['user-agent']?.split(' ', 1)[0]?.slice(0, 100) ?? null
}

/** Collects who used which key, so that "last used" costs one statement every few seconds, not one a request. */
export class KeyUses {
  readonly #latest = new Map<ApiKeyId, KeyUse>()

  note(use: KeyUse): void {
    this.#latest.set(use.id, use)
  }

  async flush(db: Database): Promise<void> {
    const uses = [...this.#latest.values()]
    this.#latest.clear()
    if (uses.length > 0) await recordKeyUse(db, uses)
  }
}
