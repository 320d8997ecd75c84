import type { Interrupt } from '#domain/authentication/complete.ts'

/** By major of the SDK and by grant: everything that came of it, with spaces between. */
export type Driven = Readonly<Record<string, Readonly<Record<string, string>>>>

const signedIn = 'signed_in'

/** The method of the SDKs that sends a grant; null where no major has one. */
export const sdkMethods: Readonly<Record<string, string | null>> = {
  authorization_code: 'authenticateWithCode',
  password: 'authenticateWithPassword',
  refresh_token: 'authenticateWithRefreshToken',
  'urn:workos:oauth:grant-type:magic-auth:code': 'authenticateWithMagicAuth',
  'urn:workos:oauth:grant-type:email-verification:code': 'authenticateWithEmailVerification',
  'urn:workos:oauth:grant-type:mfa-totp': 'authenticateWithTotp',
  'urn:workos:oauth:grant-type:organization-selection': 'authenticateWithOrganizationSelection',
  'urn:workos:oauth:grant-type:radar-email-challenge:code': 'authenticateWithRadarEmailChallenge',
  'urn:workos:oauth:grant-type:radar-sms-challenge:code': 'authenticateWithRadarSmsChallenge',
  'urn:ietf:params:oauth:grant-type:device_code': null,
}

/** All there are, by the compiler. */
const interrupts: Readonly<Record<Interrupt['kind'], string>> = {
  email_verification_required: 'email_verification_required',
  organization_selection_required: 'organization_selection_required',
  mfa_enrollment: 'mfa_enrollment',
  mfa_challenge: 'mfa_challenge',
  sso_required: 'sso_required',
  organization_methods_required: 'organization_authentication_methods_required',
}

/** Listens to what the SDKs themselves send and get; what tests send by other means does not count. */
export class SdkTraffic {
  readonly #seen = new Map<string, Map<string, Set<string>>>()

  /** The SDKs take the `fetch` that is there when they are made: to be put there before. */
  listen(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (input, init) => {
      const response = await fetch(input, init)
      const request = new Request(input, init)
      const major = /workos-node\/(\d+)\./.exec(request.headers.get('user-agent') ?? '')?.[1]
      if (major !== undefined && new URL(request.url).pathname === '/user_management/authenticate')
        this.#note(major, await request.json(), await response.clone().json())
      return response
    }
  }

  #note(major: string, { grant_type: grant }: { grant_type: string }, body: Record<string, unknown>): void {
    const grants = this.#seen.get(major) ?? new Map<string, Set<string>>()
    this.#seen.set(major, grants)
    const outcomes = grants.get(grant) ?? new Set<string>()
    grants.set(grant, outcomes.add('access_token' in body ? signedIn : String(body['code'] ?? body['error'])))
  }

  read(): Driven {
    const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].toSorted(([a], [b]) => a.localeCompare(b))
    return Object.fromEntries(
      sorted(this.#seen).map(([major, grants]) => [
        major,
        Object.fromEntries(sorted(grants).map(([grant, outcomes]) => [grant, [...outcomes].toSorted().join(' ')])),
      ]),
    )
  }
}

/** @param has whether a major has a method. */
export function drivenTables(
  driven: Driven,
  majors: readonly string[],
  has: (major: string, method: string) => boolean,
) {
  const outcomes = (major: string, grant: string) => driven[major]?.[grant]?.split(' ') ?? []
  const grantCell = (major: string, grant: string) => {
    const method = sdkMethods[grant] ?? null
    if (method === null || !has(major, method)) return '–'
    const came = outcomes(major, grant)
    const refusals = came.filter((outcome) => outcome !== signedIn).map((code) => `\`${code}\``)
    const parts = [came.includes(signedIn) ? 'signs in' : '', refusals.length > 0 ? `told ${refusals.join(', ')}` : '']
    return parts.filter((part) => part !== '').join('; ') || '**not driven**'
  }
  const interruptCell = (major: string, code: string) => {
    const grants = Object.keys(driven[major] ?? {}).filter((grant) => outcomes(major, grant).includes(code))
    return grants.map((grant) => `\`${shortName(grant)}\``).join(', ') || '**not driven**'
  }
  return {
    grants: Object.keys(sdkMethods).map((grant) => [`\`${grant}\``, ...majors.map((major) => grantCell(major, grant))]),
    interrupts: Object.values(interrupts).map((code) => [
      `\`${code}\``,
      ...majors.map((major) => interruptCell(major, code)),
    ]),
  }
}

function shortName(grant: string): string {
  return grant.replace(/^urn:workos:oauth:grant-type:/, '').replace(/:code$/, '')
}
