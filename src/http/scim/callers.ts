import type { FastifyRequest } from 'fastify'
import { openDirectory, recordTokenUse, type ScimDirectory, type TokenUse } from '#domain/directories/scim-directory.ts'
import { ScimRefused } from '#domain/directories/refused.ts'
import type { Database } from '#db/database.ts'
import { scimError } from '#protocols/scim/errors.ts'
import { bearerOf, productOf } from '../callers.ts'
import type { Deps } from '../deps.ts'

/** An identity provider with the token of one directory: sees that directory and nothing else. @throws ScimRefused 401. */
export async function identifyDirectory(
  deps: Deps,
  request: FastifyRequest<{ Params: { key: string } }>,
): Promise<ScimDirectory> {
  const token = bearerOf(request)
  const { key } = request.params
  const directory = token === undefined || key.includes('\0') ? undefined : await openDirectory(deps, key, token)
  if (!directory)
    throw new ScimRefused(
      scimError(401, undefined, 'The bearer token is missing, or is not one of this directory. Copy it again.'),
    )
  deps.tokenUses.note({
    environment: directory.environment,
    directory: directory.id,
    id: directory.tokenId,
    at: deps.clock(),
    client: productOf(request),
  })
  return directory
}

/** Collects uses of tokens, so that "last used" costs one statement every few seconds, not one a request. */
export class TokenUses {
  #latest = new Map<string, TokenUse>()

  note(use: TokenUse): void {
    this.#latest.set(use.id, use)
  }

  async flush(db: Database): Promise<void> {
    const uses = [...this.#latest.values()]
    this.#latest = new Map()
    if (uses.length > 0) await recordTokenUse(db, uses)
  }
}
