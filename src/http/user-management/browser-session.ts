import { isIP } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EnvironmentId } from '#contracts/ids.ts'
import { addCookie, cookiesOf, readCookie } from '../cookies.ts'
import { cookieNames, loginCookies } from '../login/cookies.ts'

/** As long as browsers keep any cookie. When a session is over is ours to say, at each refresh. */
const maxAgeSeconds = 400 * 86_400

/** What a page's script may know: of which clients this browser has a session. The name and the format are authkit-js's. */
const hintName = 'workos-has-session'
const hintLimit = 20

export interface Tenant {
  readonly environment: EnvironmentId
  /** Its client id. */
  readonly id: string
}

/**
 * The session of an application that is nothing but pages. Its refresh token is in a cookie that no script can read and
 * that goes along with calls of the application's own site alone (`SameSite=Strict`; ports and subdomains are one site).
 * Whoever uses it has to check the origin of the call first, because neighbours on that site are strangers too.
 */
export interface BrowserSessions {
  /**
   * Whether this call came with cookies of ours: then the page asked the browser to keep its session. A page without
   * such cookies (`devMode` of authkit-js) looks the same otherwise, and keeps its refresh token itself.
   */
  isKeptByBrowser(request: FastifyRequest, tenant: Tenant): boolean
  tokenOf(request: FastifyRequest, tenant: Tenant): string | undefined
  /** All there are, of whichever tenant. */
  tokensOf(request: FastifyRequest): string[]
  keep(request: FastifyRequest, reply: FastifyReply, tenant: Tenant, origin: string, token: string): void
  /** @param origins of the application's pages, which tell where their scripts look. */
  forget(request: FastifyRequest, reply: FastifyReply, tenant: Tenant, origins: readonly string[]): void
}

export function browserSessions(baseUrl: string): BrowserSessions {
  const { protocol, port, hostname } = new URL(baseUrl)
  const secure = protocol === 'https:' ? '; Secure' : ''
  // `__Host-`: a neighbouring site could otherwise plant a session of its own. Cookies do not know ports.
  const prefix = secure ? '__Host-gatehouse_refresh_' : `gatehouse_refresh_${port || '80'}_`
  const nameFor = ({ environment }: Tenant) => prefix + environment.slice(-12).toLowerCase()
  const tokenOf = (request: FastifyRequest, tenant: Tenant) => readCookie(request, nameFor(tenant)) || undefined
  const login = loginCookies(baseUrl)

  const sendToken = (reply: FastifyReply, tenant: Tenant, value: string, age: number) =>
    addCookie(reply, `${nameFor(tenant)}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}; Max-Age=${age}`)
  const sendHint = (reply: FastifyReply, clients: readonly string[], origins: readonly string[]) => {
    const age = clients.length === 0 ? 0 : maxAgeSeconds
    for (const domain of new Set(origins.map((origin) => sharedDomain(hostname, new URL(origin).hostname)))) {
      const where = domain === undefined ? '' : `; Domain=${domain}`
      addCookie(reply, `${hintName}=${clients.join('.')}; Path=/; SameSite=Lax${secure}; Max-Age=${age}${where}`)
    }
  }

  return {
    isKeptByBrowser: (request, tenant) =>
      tokenOf(request, tenant) !== undefined || login.read(request, cookieNames.browser) !== undefined,
    tokenOf,
    tokensOf: (request) =>
      cookiesOf(request).flatMap(({ name, value }) => (name.startsWith(prefix) && value !== '' ? [value] : [])),
    keep(request, reply, tenant, origin, token) {
      sendToken(reply, tenant, token, maxAgeSeconds)
      sendHint(reply, [...othersIn(request, tenant), tenant.id].slice(-hintLimit), [origin])
    },
    forget(request, reply, tenant, origins) {
      sendToken(reply, tenant, '', 0)
      sendHint(reply, othersIn(request, tenant), origins)
    },
  }
}

function othersIn(request: FastifyRequest, { id }: Tenant): string[] {
  const clients = (readCookie(request, hintName) ?? '').split('.')
  return [...new Set(clients)].filter((client) => /^\w{1,64}$/.test(client) && client !== '1' && client !== id)
}

/**
 * Where both hosts can read a cookie: `example.com` for `auth.example.com` and `app.example.com`.
 * @returns undefined when it is one host, or when they have nothing in common. Browsers refuse suffixes under which
 *   strangers live, such as `co.uk`, so nothing here has to know them.
 */
export function sharedDomain(ours: string, theirs: string): string | undefined {
  if (ours === theirs || isIP(ours) !== 0 || isIP(theirs) !== 0) return undefined
  const [a, b] = [ours.split('.').toReversed(), theirs.split('.').toReversed()]
  const differs = a.findIndex((label, at) => label !== b[at])
  const common = a.slice(0, differs === -1 ? a.length : differs)
  return common.length < 2 ? undefined : common.toReversed().join('.')
}
