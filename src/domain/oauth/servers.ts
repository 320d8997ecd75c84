import type { OidcProblem } from '#protocols/oidc/problem.ts'
import { acceptTenants, discover, type OAuthServer, type Transport } from '#protocols/oidc/server.ts'
import { ok, type Result } from '#protocols/result.ts'
import type { Preset } from './presets.ts'

type Dialect = Preset['dialect']

const keepMs = 60 * 60_000
const maxServers = 1000

/** Metadata of OAuth servers, read once an hour and shared by whoever asks meanwhile. Failures are not kept. */
export class OAuthServers {
  readonly transport: Transport
  readonly #clock: () => Date
  readonly #known = new Map<
    string,
    { readonly until: number; readonly server: Promise<Result<OAuthServer, OidcProblem>> }
  >()

  constructor(transport: Transport, clock: () => Date) {
    this.transport = transport
    this.#clock = clock
  }

  /** @param dialect decides what stands in for metadata (GitHub), and which issuers ID tokens may have (Microsoft). */
  async get(issuer: string, dialect: Dialect): Promise<Result<OAuthServer, OidcProblem>> {
    const key = `${dialect} ${issuer}`
    const now = this.#clock().getTime()
    const known = this.#known.get(key)
    if (known && known.until > now) return known.server
    const entry = { until: now + keepMs, server: this.#read(issuer, dialect) }
    if (this.#known.size >= maxServers) this.#known.clear()
    this.#known.set(key, entry)
    const forget = () => this.#known.get(key) === entry && this.#known.delete(key)
    try {
      const found = await entry.server
      if (!found.ok) forget()
      return found
    } catch (error) {
      forget()
      throw error
    }
  }

  async #read(issuer: string, dialect: Dialect): Promise<Result<OAuthServer, OidcProblem>> {
    if (dialect === 'github') return ok(githubServer(issuer))
    if (dialect !== 'microsoft' || !sharedByTenants.test(issuer)) return discover(issuer, this.transport)
    // The document of the shared endpoint names a template as its issuer, so it cannot be asked to name itself.
    const template = issuer.replace(sharedByTenants, '/{tenantid}/v2.0')
    const found = await discover(issuer, this.transport, template)
    return found.ok ? ok(acceptTenants(found.value, template)) : found
  }
}

const sharedByTenants = /\/(?:common|organizations|consumers)\/v2\.0$/

/** GitHub publishes no metadata; its Enterprise servers have the same paths at their own address. */
function githubServer(issuer: string): OAuthServer {
  const base = issuer.replace(/\/login\/oauth$/, '').replace(/\/$/, '')
  return {
    issuer: `${base}/login/oauth`,
    authorization_endpoint: `${base}/login/oauth/authorize`,
    token_endpoint: `${base}/login/oauth/access_token`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  }
}
