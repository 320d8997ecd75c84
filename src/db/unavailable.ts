/** What PostgreSQL says while it starts, stops, is full, or hands over to another: none of it is about the statement. */
const states: ReadonlySet<string> = new Set([
  '25006', // read_only_sql_transaction: this was the primary until a moment ago
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
])

/** What the driver says without a code. */
const messages: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])

const network: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // a socket file that is not there
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])
const networkCalls: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo', 'read', 'write'])

/**
 * Whether an error of a statement means that the database could not be asked, and may be when asked again.
 * Not for errors of other calls to the network, which look the same.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (messages.has(error.message)) return true
  const code = 'code' in error ? error.code : undefined
  if (typeof code !== 'string') return false
  // Class 08 is about the connection.
  if (states.has(code) || /^08...$/.test(code)) return true
  // Of several addresses of one name, all refused, Node makes one error without a call.
  return (
    network.has(code) && (error instanceof AggregateError || ('syscall' in error && networkCalls.has(error.syscall)))
  )
}
