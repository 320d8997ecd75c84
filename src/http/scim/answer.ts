import type { FastifyReply } from 'fastify'
import { type ScimError, scimError, statusOf } from '#protocols/scim/errors.ts'

/** RFC 7644 §8.1 registers no parameters; JSON is UTF-8 without being told (RFC 8259 §8.1). */
const scimMediaType = 'application/scim+json'

const bodies = new WeakMap<FastifyReply, unknown>()

/** What was answered, before it was made bytes of. */
export function answeredBody(reply: FastifyReply): unknown {
  return bodies.get(reply) ?? null
}

export function sendScim(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  bodies.set(reply, body)
  // Bytes, because the framework adds a charset to the JSON type of a text.
  return reply
    .status(status)
    .type(scimMediaType)
    .send(Buffer.from(JSON.stringify(body)))
}

/** RFC 7644 §3.12; a 401 says how to come back (RFC 6750 §3). */
export function sendScimError(reply: FastifyReply, error: ScimError): FastifyReply {
  const status = statusOf(error)
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="SCIM"')
  return sendScim(reply, status, error)
}

/** Errors the framework raises before a handler runs, and those that are ours. */
export function scimErrorOf(error: unknown): ScimError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY')
    return scimError(400, 'invalidSyntax', 'The body is not valid JSON in UTF-8.')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return scimError(413, undefined, 'The body is larger than 2,000 KB.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return scimError(415, undefined, 'Send the body as application/scim+json.')
  return typeof status === 'number' && status >= 400 && status < 500
    ? scimError(status, undefined, error instanceof Error ? error.message : 'The request was refused.')
    : undefined
}
