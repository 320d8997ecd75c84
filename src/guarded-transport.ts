import { isIP } from 'node:net'
import { Agent, request } from 'undici'
import { Unreachable } from '#protocols/oidc/problem.ts'
import type { Transport } from '#protocols/oidc/server.ts'
import { guardedLookup, isPrivateAddress } from './guarded-fetch.ts'

const timeoutMs = 5_000
const maxBytes = 1024 * 1024

/**
 * The way out to OAuth servers: 5 s in all, 1 MB, no redirects, and, unless allowed, no plain http and no private address,
 * which is checked at connect time. Their addresses come from administrators and from documents found there.
 */
export function guardedTransport(options: { readonly allowPrivate: boolean }): Transport {
  const agent = new Agent({
    connect: { lookup: guardedLookup(options.allowPrivate) },
    connectTimeout: timeoutMs,
    maxResponseSize: maxBytes,
  })
  return {
    allowHttp: options.allowPrivate,
    fetch: async (text, { method, headers, body }) => {
      const url = URL.parse(text)
      if (url === null || !['https:', 'http:'].includes(url.protocol))
        throw new Unreachable(`'${text.slice(0, 200)}' is not an http or https URL.`)
      const host = url.hostname.replaceAll(/^\[|\]$/g, '')
      if (!options.allowPrivate && (url.protocol === 'http:' || (isIP(host) !== 0 && isPrivateAddress(host))))
        throw new Unreachable(`${url.host} is not reached from here: it is not https, or inside a private network.`)
      try {
        const response = await request(url, {
          dispatcher: agent,
          method: method === 'POST' ? 'POST' : 'GET',
          headers,
          body: body ?? null,
          signal: AbortSignal.timeout(timeoutMs),
        })
        const answer = await response.body.text()
        return new Response([101, 204, 205, 304].includes(response.statusCode) ? null : answer, {
          status: response.statusCode,
          headers: Object.entries(response.headers).flatMap(([name, value]) =>
            [value ?? []].flat().map((each): [string, string] => [name, each]),
          ),
        })
      } catch (cause) {
        const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer in time'
        throw new Unreachable(
          `${url.host} cannot be reached (${code}). Check the address and whether the server may call out.`,
          {
            cause,
          },
        )
      }
    },
  }
}
