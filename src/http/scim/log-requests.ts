import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { EventId } from '#contracts/ids.ts'
import { collectEmittedIds } from '#db/work.ts'
import { collectAwaited } from '#domain/directories/awaited-names.ts'
import { bearerOf } from '../callers.ts'
import type { Deps } from '../deps.ts'
import { answeredBody } from './answer.ts'

/** Runs a handler and remembers which events it emitted, and for whom groups wait now. */
export type Watch = <T>(request: FastifyRequest, act: () => Promise<T>) => Promise<T>

const shownLetters = 4
/** Of a shorter token the last letters would be a good part. */
const shortestToken = 16

/** Notes every request of this door, refused ones too, with what was answered. */
export function logRequests(scim: FastifyInstance, { scimLog, clock }: Deps): Watch {
  const remembered = new WeakMap<FastifyRequest, { readonly ids: EventId[]; readonly awaited: Set<string> }>()
  scim.addHook('onResponse', async (request, reply) => {
    const { key = '' } = request.params as { key?: string } // every route of the door has it
    const token = reply.statusCode === 401 ? bearerOf(request) : undefined
    scimLog.note({
      externalKey: key,
      requestId: request.id,
      method: request.method,
      path: decoded(request.url.slice(`/scim/v2.0/${key}`.length)),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      userAgent: request.headers['user-agent'] ?? null,
      rejectedToken: token === undefined ? null : token.length < shortestToken ? '…' : token.slice(-shownLetters),
      requestBody: request.body,
      responseBody: answeredBody(reply),
      eventIds: remembered.get(request)?.ids ?? [],
      awaited: [...(remembered.get(request)?.awaited ?? [])],
      at: clock(),
    })
  })
  return (request, act) => {
    const ids: EventId[] = []
    const awaited = new Set<string>()
    remembered.set(request, { ids, awaited })
    return collectEmittedIds(ids, () => collectAwaited(awaited, act))
  }
}

/** As people read it; what cannot be decoded stays as it came. */
function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '))
  } catch {
    return url
  }
}
