import { ApiError } from './call.ts'

/** Who is signed in to the dashboard, and what of. */
export interface Session {
  readonly user: { readonly email: string; readonly role: 'owner' | 'admin' | 'viewer' }
  readonly csrf_token: string
  readonly environments: readonly SessionEnvironment[]
  /** Where identity providers and applications reach the server. */
  readonly base_url: string
}

export interface SessionEnvironment {
  readonly id: string
  readonly name: string
  readonly kind: 'staging' | 'production'
  readonly client_id: string
}

/** @throws ApiError 401 when nobody is signed in. */
export async function readSession(): Promise<Session> {
  const response = await fetch('/dashboard/api/session', { headers: { accept: 'application/json' } })
  const body: unknown = await response.json()
  if (!response.ok) throw new ApiError(response.status, body as object, response.headers.get('x-request-id'))
  return body as Session // what the contract of this path says
}

/** Brings back to the page that was asked for. */
export function signInUrl(returnTo: string): string {
  return `/dashboard/sign-in?${new URLSearchParams({ return_to: returnTo })}`
}
