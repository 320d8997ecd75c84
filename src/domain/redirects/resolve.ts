import { nearest } from '../nearest.ts'
import { matchRedirect } from './rules.ts'

/** A registered address, as the sign-in doors read it. */
export interface RegisteredRedirect {
  readonly uri: string
  readonly is_default: boolean
}

/** Where a sign-in may go: the address asked for if it is registered, or the default when none is asked for. */
export function chooseRedirect(
  registered: readonly RegisteredRedirect[],
  received: string | undefined,
): string | undefined {
  if (received === undefined) return registered.find((redirect) => redirect.is_default)?.uri
  return registered.some(({ uri }) => matchRedirect(uri, received)) ? received : undefined
}

/**
 * The registered address that looks most like what was received; one of the same origin, if there is any, for then it is
 * the path that is wrong. Anybody can ask, and the comparison is quadratic in the lengths: it looks at the beginnings of a
 * limited number.
 */
export function nearestRegistered(received: string, registered: readonly string[]): string | undefined {
  const origin = originOf(received)
  const siblings = origin === undefined ? [] : registered.filter((uri) => originOf(uri) === origin)
  const among = siblings.length > 0 ? siblings : registered
  const candidates = new Map(among.slice(0, 100).map((uri) => [uri.slice(0, 256), uri]))
  const closest = nearest(received.slice(0, 256), [...candidates.keys()])
  return closest === undefined ? undefined : candidates.get(closest)
}

/** Of addresses on the web; a wildcard's origin is a text like any other. */
function originOf(uri: string): string | undefined {
  return /^https?:\/\/[^/?#]+/i.exec(uri)?.[0].toLowerCase()
}
