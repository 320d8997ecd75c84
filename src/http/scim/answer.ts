import type { FastifyReply } from 'fastify'
import { type ScimError, scimError, statusOf } from '#protocols/scim/errors.ts'

export const scimMediaType = 'application/scim+json; charset=utf-8'

export function sendScim(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.status(status).type(scimMediaType).send(JSON.stringify(body))
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
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY') return scimError(400, 'invalidSyntax', 'The body is not valid JSON.')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return scimError(413, undefined, 'The body is larger than 2,000 KB.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return scimError(415, undefined, 'Send the body as application/scim+json.')
  return typeof status === 'number' && status >= 400 && status < 500
    ? scimError(status, undefined, error instanceof Error ? error.message : 'The request was refused.')
    : undefined
}
