import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import type { FetchFailure, FetchText } from '#domain/connections/idp-settings.ts'

const defaultTimeoutMs = 5_000
const maxBytes = 1024 * 1024
const maxRedirects = 3

/** Addresses that mean this machine or its own network: a stranger's URL must not reach them. */
const privateAddresses = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateAddresses.addSubnet(network, prefix, 'ipv6')

/** BlockList checks IPv4-mapped IPv6 addresses against the IPv4 rules by itself. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  return family === 0 || privateAddresses.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
}

/**
 * The only way out to addresses that strangers name: 5 s in all, 1 MB after decoding, at most three redirects, and, unless
 * allowed, no plain http and no private address. The address is checked at connect time, so a name cannot be re-pointed
 * between the check and the connection.
 */
export function guardedFetch(options: {
  readonly allowPrivate: boolean
  readonly lookup?: LookupFunction
  readonly timeoutMs?: number
}): FetchText {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const agent = new Agent({
    connect: { lookup: guardedLookup(options.allowPrivate, options.lookup) },
    connectTimeout: timeoutMs,
    maxResponseSize: maxBytes,
  })
  return async (text) => {
    const signal = AbortSignal.timeout(timeoutMs)
    let url = URL.parse(text)
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const refusal = checkUrl(url, text, options.allowPrivate)
      if (refusal || url === null) return refusal ?? invalidUrl(text)
      const answer = await load(agent, url, signal)
      if ('next' in answer) url = URL.parse(answer.next, url)
      else return answer
    }
    return failure(
      'too_many_redirects',
      `${text} redirects more than ${maxRedirects} times. Use the address it ends at.`,
    )
  }
}

function checkUrl(url: URL | null, text: string, allowPrivate: boolean): FetchFailure | undefined {
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return invalidUrl(text)
  if (allowPrivate) return undefined
  if (url.protocol === 'http:')
    return failure('not_https', `${text} is not https. Metadata carries the keys we trust: use the https address.`)
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  return isIP(host) !== 0 && isPrivateAddress(host) ? privateAddress(host) : undefined
}

async function load(
  agent: Agent,
  url: URL,
  signal: AbortSignal,
): Promise<{ ok: true; text: string } | { next: string } | FetchFailure> {
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      signal,
      headers: {
        accept: 'application/samlmetadata+xml, application/xml, text/xml, */*;q=0.1',
        'user-agent': 'gatehouse',
      },
    })
    if ([301, 302, 303, 307, 308].includes(statusCode) && typeof headers.location === 'string') {
      await body.dump()
      return { next: headers.location }
    }
    if (statusCode !== 200) {
      await body.dump()
      return failure(
        'http_status',
        `${url.href} answered ${statusCode} instead of 200. Check that the link is complete and still valid.`,
      )
    }
    return { ok: true, text: await body.text() }
  } catch (error) {
    return explain(url, error, signal)
  }
}

function explain(url: URL, error: unknown, signal: AbortSignal): FetchFailure {
  if (signal.aborted) return failure('timeout', `${url.host} did not answer in time. Try again, or paste the XML.`)
  if (error instanceof PrivateAddress) return privateAddress(url.hostname)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return failure('too_large', `${url.href} is larger than 1 MB, which metadata never is. Check the link.`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failure('unknown_host', `The name ${url.hostname} cannot be resolved. Check the link for typing mistakes.`)
  if (code.startsWith('ERR_TLS') || code.includes('CERT') || code.includes('SIGNED'))
    return failure('tls_error', `${url.host} has a TLS certificate we cannot trust (${code}).`)
  return failure(
    'unreachable',
    `${url.host} cannot be reached (${code}). Check the link and whether the server may call out.`,
  )
}

/** Resolves names; unless allowed, never to a private address. Addresses given as numbers do not pass through here. */
export function guardedLookup(allowPrivate: boolean, inner: LookupFunction = resolve): LookupFunction {
  return allowPrivate ? inner : publicOnly(inner)
}

function publicOnly(inner: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    inner(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 4)
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      // One private address among public ones is refused too: which one gets used is not ours to choose.
      if (addresses.length === 0 || addresses.some(({ address }) => isPrivateAddress(address)))
        return callback(new PrivateAddress(hostname), '', 4)
      if (options.all) return callback(null, addresses)
      const [first] = addresses
      callback(null, first?.address ?? '', first?.family)
    })
  }
}

function privateAddress(host: string): FetchFailure {
  return failure(
    'private_address',
    `${host} is an address inside a private network, which this server does not fetch from. Paste the XML instead.`,
  )
}

function invalidUrl(text: string): FetchFailure {
  return failure('invalid_url', `'${text.slice(0, 200)}' is not an http or https URL.`)
}

function failure(code: string, message: string): FetchFailure {
  return { ok: false, code, message }
}
