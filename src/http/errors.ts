import type { ErrorBody, OAuthErrorBody } from '#contracts/errors.ts'
import { type DomainError, isDomainError } from '#domain/errors.ts'
import { isUnavailable } from '#db/unavailable.ts'
import { IdempotencyRace } from '#db/work.ts'

export interface ErrorAnswer {
  readonly status: number
  readonly body: ErrorBody | OAuthErrorBody
  readonly retryAfterSeconds?: number
}

/** Errors of the HTTP layer itself that Fastify raises before a handler runs, by its code. */
const transportErrors: Readonly<Record<string, ErrorAnswer>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    body: { message: 'Send the body as application/json.', code: 'unsupported_media_type' },
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    body: { message: 'The request body is too large.', code: 'body_too_large' },
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    body: { message: 'The body is not valid JSON in UTF-8.', code: 'invalid_json' },
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    body: { message: 'The body does not have the announced length.', code: 'invalid_content_length' },
  },
}

/** What whoever asked may wait before they ask again: a database that was restarted is back by then. */
export const unavailableForSeconds = 5
export const unavailableMessage = 'The server cannot reach its database. Try again in a moment.'

/** Maps whatever a handler threw to a status and the vendor's envelope. Undefined means: ours, a 500. */
export function answerFor(error: unknown): ErrorAnswer | undefined {
  if (isDomainError(error)) return domainAnswer(error)
  if (error instanceof IdempotencyRace)
    return {
      status: 409,
      body: { message: 'A request with this idempotency key is still running.', code: 'idempotency_key_in_use' },
    }
  if (isUnavailable(error))
    return {
      status: 503,
      body: { message: unavailableMessage, code: 'unavailable' },
      retryAfterSeconds: unavailableForSeconds,
    }
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = transportErrors[code]
  if (known) return known
  return error.statusCode >= 400 && error.statusCode < 500
    ? { status: error.statusCode, body: { message: error.message } }
    : undefined
}

function domainAnswer(error: DomainError): ErrorAnswer {
  switch (error.name) {
    case 'NotFound':
      return { status: 404, body: { message: error.message, code: error.code, entity_id: error.entityId } }
    case 'Conflict':
      return { status: 409, body: { message: error.message, ...(error.code && { code: error.code }) } }
    case 'BadRequest':
      return {
        status: 400,
        body: {
          message: error.message,
          ...(error.code && { code: error.code }),
          ...(error.errors && { errors: [...error.errors] }),
        },
      }
    case 'Forbidden':
      return { status: 403, body: { message: error.message, code: error.code } }
    case 'Invalid':
      return {
        status: 422,
        body: { message: error.message, ...(error.code && { code: error.code }), errors: [...error.errors] },
      }
    case 'Busy':
      return {
        status: 429,
        body: { message: error.message, code: error.code },
        retryAfterSeconds: error.retryAfterSeconds,
      }
    case 'Unauthorized':
      return { status: 401, body: { message: error.message, ...(error.code && { code: error.code }) } }
    case 'OAuthError':
      return { status: 400, body: { error: error.error, error_description: error.message } }
    default:
      return error satisfies never
  }
}
