import type { FieldError } from '#contracts/errors.ts'

/** What aborts a change. Callers switch on the class and `code`, never on the message. These know no HTTP. */
export class NotFound extends Error {
  override readonly name = 'NotFound'
  readonly code: string
  readonly entityId: string

  /** @param noun as the vendor prints it, such as `Organization Domain`. */
  constructor(noun: string, entityId: string, code = 'entity_not_found') {
    super(`${noun} not found: '${entityId}'.`)
    this.code = code
    this.entityId = entityId
  }
}

/** Somebody else has it already. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}

/** The request is well formed and cannot be granted as things are. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
  readonly code: string | undefined
  /** What exactly, where one code stands for several things. */
  readonly errors: readonly FieldError[] | undefined

  constructor(message: string, code?: string, errors?: readonly FieldError[]) {
    super(message)
    this.code = code
    this.errors = errors
  }
}

/** Values break a rule; every broken rule is named. */
export class Invalid extends Error {
  override readonly name = 'Invalid'
  readonly errors: readonly FieldError[]
  readonly code: string | undefined

  constructor(errors: readonly FieldError[], code?: string, message = 'Validation failed') {
    super(message)
    this.errors = errors
    this.code = code
  }
}

/** Too much of it is going on; later it can be had. */
export class Busy extends Error {
  override readonly name = 'Busy'
  readonly code: string
  readonly retryAfterSeconds: number

  constructor(message: string, code: string, retryAfterSeconds: number) {
    super(message)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export class Unauthorized extends Error {
  override readonly name = 'Unauthorized'
  readonly code: string | undefined

  constructor(message = 'Unauthorized', code?: string) {
    super(message)
    this.code = code
  }
}

/** We know who is asking, and it is not for them, or not from there. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden'
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** RFC 6749 §5.2; the vendor answers all of them with 400, also `invalid_client`. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly error:
    | 'access_denied'
    | 'authorization_pending'
    | 'expired_token'
    | 'invalid_client'
    | 'invalid_grant'
    | 'invalid_request'
    | 'slow_down'
    | 'unauthorized_client'
    | 'unsupported_grant_type'

  constructor(error: OAuthError['error'], description: string) {
    super(description)
    this.error = error
  }
}

export type DomainError = NotFound | Conflict | BadRequest | Invalid | Busy | Unauthorized | Forbidden | OAuthError

export function isDomainError(error: unknown): error is DomainError {
  return (
    error instanceof NotFound ||
    error instanceof Conflict ||
    error instanceof BadRequest ||
    error instanceof Forbidden ||
    error instanceof Invalid ||
    error instanceof Busy ||
    error instanceof Unauthorized ||
    error instanceof OAuthError
  )
}

/** The constraint a PostgreSQL unique violation names, when the error is one. */
export function violatedConstraint(error: unknown): string | undefined {
  const isViolation = error instanceof Error && 'code' in error && error.code === '23505' && 'constraint' in error
  return isViolation && typeof error.constraint === 'string' ? error.constraint : undefined
}
