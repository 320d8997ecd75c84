import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'

/** Whose passkeys they are: for good, those of another id cannot be used. */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
}

export interface Credential {
  readonly id: string
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly transports: readonly string[]
}

/** RFC 9053: EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257]
const timeoutMs = 5 * 60_000

/** It takes tens of milliseconds to load, and most processes never need it. */
const load = () => import('@simplewebauthn/server')

/** WebAuthn §5.5, for whoever the device knows: no list of credentials could give away who has an account. */
export function assertionOptions({ id }: RelyingParty, challenge: string) {
  return { rpId: id, challenge, allowCredentials: [], userVerification: 'required', timeout: timeoutMs }
}

/** WebAuthn §5.4, without attestation: who made the device is nobody's business here. */
export async function creationOptions(
  { id }: RelyingParty,
  {
    name,
    challenge,
    user,
    existing,
  }: {
    readonly name: string
    readonly challenge: string
    readonly user: { readonly id: string; readonly email: string; readonly name: string }
    readonly existing: readonly Pick<Credential, 'id'>[]
  },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await load()
  return generateRegistrationOptions({
    rpID: id,
    rpName: name,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    userID: new Uint8Array(Buffer.from(user.id)),
    userName: user.email,
    userDisplayName: user.name,
    timeout: timeoutMs,
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: existing.map(({ id: credential }) => ({ id: credential })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

interface Expected {
  readonly relyingParty: RelyingParty
  readonly challenge: string
}

/** WebAuthn §7.1. @returns undefined for anything but an answer to this very challenge, from this very origin. */
export async function verifyCreation(
  response: unknown,
  { relyingParty, challenge }: Expected,
): Promise<Credential | undefined> {
  const { verifyRegistrationResponse } = await load()
  const verdict = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON, // every part of it is checked there
    expectedChallenge: challenge,
    expectedOrigin: relyingParty.origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(refused)
  if (!verdict?.verified) return undefined
  const { id, publicKey, counter, transports } = verdict.registrationInfo.credential
  // WebAuthn §5.8.4: words not known today are kept. What is no such word is somebody's joke.
  const isWord = (transport: unknown) => typeof transport === 'string' && /^[a-z-]{1,32}$/.test(transport)
  const known = Array.isArray(transports) ? transports.filter(isWord) : []
  return { id, publicKey, counter, transports: known.slice(0, 10) }
}

/**
 * WebAuthn §7.2.
 * @returns the authenticator's new counter; undefined for anything but an answer to this very challenge, from this very
 *   origin, by this very credential, with the person verified and a counter that has not gone back.
 */
export async function verifyAssertion(
  response: unknown,
  { relyingParty, challenge }: Expected,
  { id, publicKey, counter }: Pick<Credential, 'id' | 'publicKey' | 'counter'>,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await load()
  const verdict = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON, // every part of it is checked there
    expectedChallenge: challenge,
    expectedOrigin: relyingParty.origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: true,
    credential: { id, publicKey: new Uint8Array(publicKey), counter },
  }).catch(refused)
  return verdict?.verified ? verdict.authenticationInfo.newCounter : undefined
}

/** The library throws for each thing that is not as expected, and for whatever cannot be read at all. */
function refused(): undefined {
  return undefined
}
