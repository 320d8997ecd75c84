/** Where following links and forms ended. */
export type Arrival =
  | { readonly kind: 'callback'; readonly url: URL }
  /** A page that waits for a person. */
  | { readonly kind: 'page'; readonly url: URL; readonly status: number }

export interface SignInEndpoint {
  readonly at: string
  readonly leadsTo: string
}

const mostHops = 20
const timeoutMs = 10_000

/** What a test identity provider answers to programs instead of the form that a browser would post. */
interface SamlForm {
  readonly acs_url: string
  readonly SAMLResponse: string
  readonly RelayState?: string
}

/**
 * Does what a browser would from a link to the application's callback, which itself is not called: follows redirects,
 * keeps cookies, posts the identity provider's form.
 * @param application plays the page of the application that starts sign-ins.
 * @param choice what to tell the test identity provider: who signs in, or what goes wrong.
 */
export async function followToCallback(
  start: string,
  redirectUri: string,
  choice: Readonly<Record<string, string>>,
  application?: SignInEndpoint,
): Promise<Arrival> {
  const cookies = new Map<string, Map<string, string>>()
  let url = new URL(start)
  let form: URLSearchParams | undefined
  for (let hop = 0; hop < mostHops; hop += 1) {
    if (!form && isAt(url, redirectUri)) return { kind: 'callback', url }
    if (!form && application && isAt(url, application.at)) url = new URL(application.leadsTo)
    const asksIdp = isIdpSignIn(url)
    if (asksIdp) for (const [name, value] of Object.entries(choice)) url.searchParams.set(name, value)
    const response = await ask(url, cookies, form, asksIdp)
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url)
      form = undefined
      await response.body?.cancel()
      continue
    }
    const answer: unknown = asksIdp && response.ok ? await response.json() : undefined
    const consent = asksIdp ? undefined : readConsent(await response.text())
    if (consent) {
      ;({ form } = consent)
      url = new URL(consent.action, url)
      continue
    }
    if (!isSamlForm(answer)) return { kind: 'page', url, status: response.status }
    url = new URL(answer.acs_url)
    form = new URLSearchParams({ SAMLResponse: answer.SAMLResponse })
    if (answer.RelayState !== undefined) form.set('RelayState', answer.RelayState)
  }
  throw new Error(`${start} leads nowhere: ${mostHops} redirects, the last of them to ${url.origin}${url.pathname}.`)
}

/** Somebody who is asked whether it is them says yes. */
function readConsent(text: string): { readonly action: string; readonly form: URLSearchParams } | undefined {
  if (!text.includes('data-hak-page="consent"')) return undefined
  const [, action, csrf] =
    /<form method="post" action="([^"]*\/consent)"[^>]*>\s*<input type="hidden" name="csrf" value="([^"]*)"/.exec(
      text,
    ) ?? []
  return action === undefined || csrf === undefined ? undefined : { action, form: new URLSearchParams({ csrf }) }
}

async function ask(
  url: URL,
  cookies: Map<string, Map<string, string>>,
  form: URLSearchParams | undefined,
  asksIdp: boolean,
): Promise<Response> {
  const jar = cookies.get(url.hostname) ?? new Map<string, string>()
  cookies.set(url.hostname, jar)
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      accept: asksIdp ? 'application/json' : 'text/html',
      ...(jar.size > 0 && { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }),
    },
    ...(form && { method: 'POST', body: form }),
  })
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';', 1)
    const at = pair.indexOf('=')
    jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
  return response
}

function isAt(url: URL, redirectUri: string): boolean {
  const target = new URL(redirectUri)
  return url.origin === target.origin && url.pathname === target.pathname
}

function isIdpSignIn({ pathname }: URL): boolean {
  return /^\/test-idp\/[^/]+\/(?:sso|launch)$/.test(pathname)
}

function isSamlForm(value: unknown): value is SamlForm {
  return typeof value === 'object' && value !== null && 'acs_url' in value && 'SAMLResponse' in value
}
