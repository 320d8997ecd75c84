import type { ScimAnswer, ScimRequest, Send } from './wire.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface HttpOptions {
  /** The endpoint, without a slash at its end; nothing outside it is ever asked. */
  readonly endpoint: string
  readonly token: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
  readonly maximumBytes?: number
}

const defaultTimeoutMs = 30_000
/** A page of a hundred people is a twentieth of it. */
const defaultMaximumBytes = 10 * 1024 * 1024

/** Carries requests over HTTP with the bearer token of one endpoint. Redirects are answers here: nobody follows them. */
export function sendOverHttp(options: HttpOptions): Send {
  const { endpoint, token, fetch, timeoutMs = defaultTimeoutMs, maximumBytes = defaultMaximumBytes } = options
  return async (request) => {
    const response = await fetch(urlOf(endpoint, request), {
      method: request.method,
      headers: { authorization: `Bearer ${token}`, ...request.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    })
    return read(response, maximumBytes)
  }
}

/** A pasted endpoint in the form that requests are built on; undefined when it is none. */
export function readEndpoint(text: string): string | undefined {
  const url = URL.parse(text.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
  if (url.search !== '' || url.hash !== '') return undefined
  return url.href.replace(/\/+$/, '')
}

/** RFC 6750 §2.1. No other token can be sent in a header. */
export function isBearerToken(text: string): boolean {
  return /^[A-Za-z0-9\-._~+/]{1,8192}=*$/.test(text)
}

/** Ids come from the server: one such as `..` must not lead anywhere else. */
function urlOf(endpoint: string, { path }: ScimRequest): string {
  const text = `${endpoint}${path}`
  const [url, base] = [new URL(text), new URL(endpoint)]
  const wanted = `${base.pathname.replace(/\/+$/, '')}${path.split('?', 1)[0] ?? ''}`
  if (url.origin !== base.origin || url.pathname !== wanted) throw new Error(`${path} leads out of the endpoint`)
  return text
}

async function read(response: Response, maximumBytes: number): Promise<ScimAnswer> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maximumBytes) throw new Error(`the answer is larger than ${String(maximumBytes)} bytes`)
    chunks.push(chunk)
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: Buffer.concat(chunks).toString('utf8'),
  }
}
