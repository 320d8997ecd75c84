import { EmbeddedFailed } from '#db/embedded/errors.ts'
import { EmbeddedUnavailable } from '#db/embedded/programs.ts'
import { FolderInUse } from '#db/lock-folder.ts'
import { MigrationRefused } from '#db/migrate.ts'
import { Invalid, isDomainError } from '#domain/errors.ts'
import { SeedInvalid } from '#domain/seeds/seed-file.ts'
import { EncryptionKeyInvalid, SealBroken } from '#protocols/envelope.ts'
import { ConfigInvalid } from '../config.ts'
import { exitCodes, Failure } from './failure.ts'

/** What an error means to whoever typed the command; undefined for one that is a defect of ours. */
export function explain(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error
  if (error instanceof ConfigInvalid) return explainConfig(error)
  if (error instanceof SeedInvalid)
    return new Failure(exitCodes.userError, 'The seed file cannot be applied.', error.problems)
  if (error instanceof FolderInUse) return fail('folderInUse', error)
  if (error instanceof EncryptionKeyInvalid) return fail('userError', error)
  if (error instanceof Invalid)
    return new Failure(
      exitCodes.userError,
      `${error.message}.`,
      error.errors.map((field) => `${field.field}: ${field.message}`),
    )
  if (isDomainError(error)) return fail('userError', error)
  if (
    error instanceof EmbeddedFailed ||
    error instanceof EmbeddedUnavailable ||
    error instanceof MigrationRefused ||
    error instanceof SealBroken
  )
    return fail('environment', error)
  if (!isDatabaseAway(error)) return undefined
  return new Failure(exitCodes.environment, `The database cannot be used: ${reasonOf(error)}`, [], { cause: error })
}

function explainConfig(error: ConfigInvalid): Failure {
  const [only, ...more] = error.problems
  return only !== undefined && more.length === 0
    ? new Failure(exitCodes.userError, only)
    : new Failure(exitCodes.userError, `${error.problems.length} settings are wrong.`, error.problems)
}

function fail(code: keyof typeof exitCodes, error: Error): Failure {
  return new Failure(exitCodes[code], error.message, [], { cause: error })
}

/** Node's connection errors; and of PostgreSQL's: 08 connection, 28 password, 3D no database, 53 and 57 not now. */
function isDatabaseAway(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.every((inner) => isDatabaseAway(inner))
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)$/.test(code) ||
    /^(08|28|3D|53|57)[0-9A-Z]{3}$/.test(code) ||
    /^(Connection terminated|timeout expired|timeout exceeded)/.test(error.message)
  )
}

/** Trying several addresses of a host fails with several errors and no message of its own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((inner: Error) => inner.message).join('; ')
  return error.message
}
