import type { Result } from '#protocols/result.ts'
import { Invalid } from '../errors.ts'
import type { RedirectRefusal } from './rules.ts'

/** @throws Invalid with the broken rule as the error's code, such as `uri_wildcard_in_production`. */
export function requireAllowed(
  field: 'uri' | 'url' | 'origin',
  value: string,
  verdict: Result<string, RedirectRefusal>,
): void {
  if (verdict.ok) return
  const { rule, message } = verdict.error
  throw new Invalid(
    [{ field, code: `${field}_${rule}`, message: `'${value}' ${message}.` }],
    field === 'origin' ? 'invalid_origin' : 'invalid_redirect_uri',
  )
}
