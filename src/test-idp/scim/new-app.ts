import { ok, refused, type Result } from '#protocols/result.ts'
import type { FieldErrors } from '../problem.ts'
import type { AppSettings } from './app.ts'
import { dialectNames, isDialectName } from './dialects.ts'
import { isBearerToken, readEndpoint } from './http-send.ts'

const maximumNameLength = 64
const maximumEndpointLength = 2_000

/**
 * Reads what somebody pastes: `as`, `name`, `endpoint` and `token`.
 * @param origins beside this machine, where endpoints may be: this is no way to reach other people's networks.
 */
export function readNewApp(
  fields: URLSearchParams,
  origins: readonly string[],
): Result<Omit<AppSettings, 'id'>, FieldErrors> {
  const errors = new Map<string, string>()
  const as = fields.get('as')
  if (!isDialectName(as)) errors.set('as', `Choose one of ${dialectNames.join(', ')}.`)
  const name = (fields.get('name') ?? '').trim()
  if (name === '' || name.length > maximumNameLength)
    errors.set('name', `Enter a name of at most ${String(maximumNameLength)} characters.`)
  const pasted = (fields.get('endpoint') ?? '').trim()
  const endpoint = pasted.length > maximumEndpointLength ? undefined : readEndpoint(pasted)
  const fault = endpoint === undefined ? 'Paste an http or https URL without a query.' : placeFault(endpoint, origins)
  if (fault !== undefined) errors.set('endpoint', fault)
  const token = readToken(fields, errors)
  if (errors.size > 0 || !isDialectName(as) || endpoint === undefined) return refused(errors)
  return ok({ as, name, endpoint, token })
}

export function readToken(fields: URLSearchParams, errors: Map<string, string>): string {
  const token = (fields.get('token') ?? '').trim()
  if (!isBearerToken(token)) errors.set('token', 'Paste the bearer token alone, without “Bearer” and without blanks.')
  return token
}

function placeFault(endpoint: string, origins: readonly string[]): string | undefined {
  const { hostname, origin, pathname } = new URL(endpoint)
  if (!isThisMachine(hostname) && !origins.includes(origin))
    return `This tool calls this machine alone. For ${origin}, run: gatehouse scim simulate --base ${endpoint}`
  return /\/(?:Users|Groups)$/i.test(pathname)
    ? 'Leave out what comes after the endpoint: /Users or /Groups.'
    : undefined
}

/** Names under .localhost are left out: not every resolver keeps them on the machine. */
function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
