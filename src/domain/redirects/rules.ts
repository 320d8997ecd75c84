import { ok, refused, type Result } from '#protocols/result.ts'
import { isPublicSuffix } from './shared-hosts.ts'

export type EnvironmentKind = 'staging' | 'production'

/** The rule an address breaks: stable, for callers; the message is for whoever has to fix it. */
export interface RedirectRefusal {
  readonly rule:
    | 'characters'
    | 'form'
    | 'scheme'
    | 'userinfo'
    | 'host'
    | 'path'
    | 'query'
    | 'fragment'
    | 'wildcard'
    | 'wildcard_in_production'
    | 'wildcard_as_default'
  readonly message: string
}

/** What an address is registered as; each is held to the same rules, less what would make no sense for it. */
export interface RedirectUse {
  readonly kind: EnvironmentKind
  /** Whether one `*` may stand for a label or a port. */
  readonly wildcard: boolean
  /** Whether a query is allowed in production too. */
  readonly query: boolean
}

/**
 * Decides whether an address may be registered. What is registered is compared as text later, so everything a browser
 * would read differently from how it is written is refused here.
 */
export function checkRedirect(uri: string, use: RedirectUse): Result<string, RedirectRefusal> {
  // A Location header carries these bytes as they are; browsers drop tabs and newlines and read a backslash as a slash.
  if (!/^[\x21-\x7E]+$/.test(uri) || uri.includes('\\'))
    return no('characters', 'must be printable ASCII without spaces or backslashes; write other characters %-encoded')
  const parts = split(uri)
  if (!parts) return no('form', 'must be an absolute URL such as https://example.com/callback')
  const { scheme, authority, path, query, fragment } = parts
  if (scheme !== 'https' && scheme !== 'http') return no('scheme', `must use https, not ${scheme}:`)
  if (authority.includes('@')) return no('userinfo', 'must not carry a user name or password')
  // RFC 6749 §3.1.2.
  if (fragment !== undefined) return no('fragment', "must not have a fragment ('#')")
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) return no('path', "must not have '.' or '..' as a path segment")

  const host = hostOf(authority)
  if (host === undefined) return no('host', 'must have a plain host name, with or without a port')
  const broken = uri.includes('*') ? checkWildcard(uri, host, use) : checkPlainHost(uri, host)
  if (broken) return broken

  if (use.kind === 'production') {
    // RFC 8252 §8.3: the address, not the name localhost, which may resolve to somebody else.
    if (scheme === 'http' && host !== '127.0.0.1')
      return no('scheme', 'must use https in production; http is for http://127.0.0.1 alone')
    if (query !== undefined && !use.query) return no('query', "must not have a query ('?') in production")
  }
  return ok(uri)
}

/** A default is where people go when nobody says where: it must be one address. */
export function checkDefault(uri: string): Result<string, RedirectRefusal> {
  return uri.includes('*') ? no('wildcard_as_default', 'cannot be the default: it has a wildcard') : ok(uri)
}

/**
 * The origin a browser would send, exactly as it would send it (RFC 6454 §6.2): anything else would never match.
 */
export function checkOrigin(origin: string, kind: EnvironmentKind): Result<string, RedirectRefusal> {
  if (!/^[\x21-\x7E]+$/.test(origin)) return no('characters', 'must be printable ASCII without spaces')
  const parts = split(origin)
  if (!parts || !URL.canParse(origin)) return no('form', 'must be an origin such as https://example.com')
  if (parts.scheme !== 'https' && parts.scheme !== 'http') return no('scheme', `must use https, not ${parts.scheme}:`)
  if (origin.includes('*')) return no('wildcard', "must not have a wildcard ('*'); list each origin")
  const serialized = new URL(origin).origin
  if (serialized !== origin) return no('form', `must be scheme, host and port as browsers send it: ${serialized}`)
  if (hostOf(parts.authority) === undefined) return no('host', 'must have a plain host name, with or without a port')
  if (kind === 'production' && parts.scheme === 'http') return no('scheme', 'must use https in production')
  return ok(origin)
}

function checkPlainHost(uri: string, host: string): Result<never, RedirectRefusal> | undefined {
  const read = URL.canParse(uri) ? new URL(uri) : undefined
  if (!read) return no('form', 'must be an absolute URL such as https://example.com/callback')
  // Browsers rewrite hosts such as 0x7f.1, ex%61mple.com or a full-width dot; written plainly there is one reading.
  return read.hostname === host ? undefined : no('host', `must spell its host the plain way: ${read.hostname}`)
}

function checkWildcard(uri: string, host: string, use: RedirectUse): Result<never, RedirectRefusal> | undefined {
  if (!use.wildcard) return no('wildcard', "must not have a wildcard ('*') here")
  if (use.kind === 'production') return no('wildcard_in_production', "must not have a wildcard ('*') in production")
  if (!patternOf(uri))
    return no(
      'wildcard',
      "may have one '*', inside the first label of a host such as https://*.example.com that is all yours, or as the port of localhost",
    )
  // The host the star makes must be as plain as any other.
  return checkPlainHost(uri.replace(':*', ':1').replace('*', 'x'), host.replace('*', 'x'))
}

interface Parts {
  readonly scheme: string
  readonly authority: string
  readonly path: string
  readonly query: string | undefined
  readonly fragment: string | undefined
}

/** RFC 3986 appendix B, for URLs with an authority. */
function split(uri: string): Parts | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(uri)
  if (!match?.[1]) return undefined
  const scheme = match[1].toLowerCase()
  const isWeb = scheme === 'http' || scheme === 'https'
  // Without an authority a scheme such as javascript: is named in the refusal, while https:example.com is no URL of ours.
  if (isWeb && !match[2]) return undefined
  return { scheme, authority: match[2] ?? '', path: match[3] ?? '', query: match[4], fragment: match[5] }
}

/** In lower case, without the port. */
function hostOf(authority: string): string | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._*-]+)(?::(?:\d{1,5}|\*))?$/.exec(authority)
  return match?.[1]?.toLowerCase()
}

interface Pattern {
  readonly before: string
  readonly after: string
  /** What the star may stand for. */
  readonly stands: (text: string) => boolean
}

/** Undefined when the text is no pattern: its star, if any, is where stars mean nothing. */
function patternOf(registered: string): Pattern | undefined {
  const [before, after, extra] = registered.split('*')
  if (before === undefined || after === undefined || extra !== undefined) return undefined
  const isPort = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):$/i.test(before) && /^(?:[/?]|$)/.test(after)
  if (isPort) return { before, after, stands: isPortNumber }
  const rest = /^[A-Za-z0-9_-]*((?:\.[A-Za-z0-9_-]+){2,})(?::\d{1,5})?(?:[/?].*)?$/.exec(after)?.[1]
  const isLabel = /^https?:\/\/[A-Za-z0-9_-]*$/i.test(before) && rest !== undefined && !isPublicSuffix(rest.slice(1))
  return isLabel ? { before, after, stands: (text) => /^[A-Za-z0-9_-]{1,63}$/.test(text) } : undefined
}

function isPortNumber(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535
}

/**
 * Whether an address that was received is one that was registered: the same text, or the registered text with its star
 * read as a label or a port. Nothing is normalised on either side, so there is nothing for a trick to hide behind.
 */
export function matchRedirect(registered: string, received: string): boolean {
  if (registered === received) return !registered.includes('*')
  const pattern = registered.includes('*') ? patternOf(registered) : undefined
  if (!pattern) return false
  const { before, after, stands } = pattern
  if (!received.startsWith(before) || !received.endsWith(after)) return false
  return (
    received.length > before.length + after.length && stands(received.slice(before.length, -after.length || undefined))
  )
}

function no(rule: RedirectRefusal['rule'], message: string): { readonly ok: false; readonly error: RedirectRefusal } {
  return refused({ rule, message })
}
