import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { HostedLoginId } from '#contracts/ids.ts'

/**
 * The secret a browser keeps in a cookie that no page can read. Everything that must come from this browser and no
 * other is derived from it, so that the database holds nothing with which to pretend to be the browser.
 */
export type BrowserSecret = string

export function newBrowserSecret(): BrowserSecret {
  return randomBytes(32).toString('base64url')
}

/** What a cookie says is a secret of ours, or nothing. */
export function readBrowserSecret(cookie: string | undefined): BrowserSecret | undefined {
  return cookie !== undefined && /^[A-Za-z0-9_-]{43}$/.test(cookie) ? cookie : undefined
}

export function hashBrowserSecret(secret: BrowserSecret): Buffer {
  return createHash('sha256').update(`browser ${secret}`).digest()
}

/** Goes with every form of one sign-in; another site knows neither the secret nor what comes of it. */
export function csrfToken(secret: BrowserSecret, login: HostedLoginId): string {
  return derive('csrf', secret, login)
}

export function isCsrfToken(secret: BrowserSecret, login: HostedLoginId, given: string | null): boolean {
  const [right, token] = [Buffer.from(csrfToken(secret, login)), Buffer.from(given ?? '')]
  return right.length === token.length && timingSafeEqual(right, token)
}

/**
 * RFC 7636: whatever answer an identity provider's sign-in ends in can be taken up by the browser that went there, for
 * the sign-in it went for.
 */
export function ssoVerifier(secret: BrowserSecret, login: HostedLoginId): string {
  return derive('sso', secret, login)
}

/** WebAuthn: what an authenticator signs for this sign-in of this browser, this time. */
export function passkeyChallenge(
  secret: BrowserSecret,
  login: HostedLoginId,
  ceremony: 'get' | 'create',
  round: number,
): string {
  return derive(`passkey ${ceremony} ${round}`, secret, login)
}

function derive(purpose: string, secret: BrowserSecret, login: HostedLoginId): string {
  return createHash('sha256').update(`${purpose} ${secret} ${login}`).digest('base64url')
}
