import { type OidcProblem, problemOf } from '#protocols/oidc/problem.ts'
import type { Transport } from '#protocols/oidc/server.ts'
import { ok, refused, type Result } from '#protocols/result.ts'

/**
 * GitHub has no ID tokens: who signed in is read from its API, in the shape of claims. The address is the primary one, and
 * counts only when GitHub verified it.
 */
export async function readGithubProfile(
  server: { readonly issuer: string },
  accessToken: string,
  transport: Transport,
): Promise<Result<Readonly<Record<string, unknown>>, OidcProblem>> {
  const base = server.issuer.replace(/\/login\/oauth$/, '')
  const api = base === 'https://github.com' ? 'https://api.github.com' : `${base}/api/v3`
  const user = await get(`${api}/user`, accessToken, transport)
  if (!user.ok) return user
  const emails = await get(`${api}/user/emails`, accessToken, transport)
  if (!emails.ok) return emails
  const { id, name, avatar_url: picture } = (user.value ?? {}) as Readonly<Record<string, unknown>> // fields are checked where they are read
  const list = Array.isArray(emails.value) ? (emails.value as readonly unknown[]) : []
  const primary = list.find(isPrimary)
  const [given, ...family] = typeof name === 'string' ? name.trim().split(/\s+/) : []
  return ok({
    sub: id,
    email: primary?.email,
    email_verified: primary?.verified === true,
    given_name: given,
    family_name: family.join(' '),
    picture,
  })
}

function isPrimary(entry: unknown): entry is { readonly email?: unknown; readonly verified?: unknown } {
  return typeof entry === 'object' && entry !== null && 'primary' in entry && entry.primary === true
}

async function get(url: string, accessToken: string, { fetch }: Transport): Promise<Result<unknown, OidcProblem>> {
  try {
    const response = await fetch(url, {
      method: 'GET',
      headers: { accept: 'application/json', authorization: `Bearer ${accessToken}`, 'user-agent': 'gatehouse' },
    })
    if (response.status !== 200)
      return refused({ code: 'profile_unavailable', message: `${url} answered ${response.status} instead of 200.` })
    return ok(await response.json())
  } catch (error) {
    if (error instanceof SyntaxError)
      return refused({ code: 'profile_unavailable', message: `${url} did not answer with JSON.` })
    return refused(problemOf(error, 'profile'))
  }
}
