import type { AttributeMap } from '#contracts/connections.ts'
import { ok, refused, type Result } from '#protocols/result.ts'
import { isEmail, type MissingAttribute, type Person } from '../sso/attributes.ts'

type Claims = Readonly<Record<string, unknown>>

/** Who an OAuth server says signed in. */
export interface OAuthPerson extends Person {
  /** Whether the server itself made sure of the address. False where it does not say. */
  readonly emailVerified: boolean
  readonly pictureUrl: string | null
}

const personalMicrosoftTenant = '9188040d-6c67-4b5b-b112-36a304b66dad'

/** Standard claims (OIDC Core §5.1); a name from the connection's map is taken alone. */
export function readClaims(
  claims: Claims,
  map: AttributeMap,
  defaultIdClaim = 'sub',
): Result<OAuthPerson, MissingAttribute> {
  const text = (field: Exclude<keyof AttributeMap, 'groups' | 'custom_attributes'>, standard: string) =>
    textOf(claims[map[field] ?? standard])
  const idpId = text('idp_id', defaultIdClaim) ?? (map.idp_id === undefined ? textOf(claims.sub) : null)
  if (idpId === null)
    return refused({ code: 'idp_id_missing', message: `The ID token has no claim '${map.idp_id ?? defaultIdClaim}'.` })
  const email = text('email', 'email')
  if (email === null)
    return refused({
      code: 'email_missing',
      message: `The provider gave no e-mail address: looked for the claim '${map.email ?? 'email'}' among ${Object.keys(claims).join(', ')}. Ask for the email scope, or map the claim that holds the address.`,
    })
  if (!isEmail(email))
    return refused({
      code: 'email_invalid',
      message: `The e-mail claim is '${email.slice(0, 254)}', which is not an e-mail address. Map the claim that holds the address.`,
    })
  const groups = claims[map.groups ?? 'groups']
  return ok({
    idpId,
    email: email.toLowerCase(),
    // Apple and Cognito write booleans as text.
    emailVerified: claims.email_verified === true || claims.email_verified === 'true',
    firstName: text('first_name', 'given_name'),
    lastName: text('last_name', 'family_name'),
    groups: Array.isArray(groups) ? groups.filter((group): group is string => textOf(group) !== null) : [],
    customAttributes: Object.fromEntries(
      Object.entries(map.custom_attributes ?? {}).map(([key, claim]) => [key, claims[claim] ?? null]),
    ),
    pictureUrl: textOf(claims.picture),
  })
}

/**
 * Microsoft lets tenants write any address into `email` and vouches for it only where it says so: for personal accounts,
 * and by the optional claim xms_edov. Anything else would let a tenant of one's own pass for anybody.
 */
export function microsoftClaims(claims: Claims): Claims {
  const vouched =
    claims.tid === personalMicrosoftTenant || [true, 1, '1', 'true'].some((yes) => yes === claims.xms_edov)
  return { ...claims, email_verified: vouched }
}

/** Apple tells the name once, beside the code and unsigned: good for a name, and for nothing else. */
export function appleClaims(claims: Claims, user: string | null): Claims {
  let told: unknown
  try {
    told = user === null ? undefined : JSON.parse(user)
  } catch {
    return claims
  }
  const { name } = (typeof told === 'object' && told !== null ? told : {}) as { name?: unknown } // any object may lack it
  const { firstName, lastName } = (typeof name === 'object' && name !== null ? name : {}) as {
    firstName?: unknown
    lastName?: unknown
  }
  return { ...claims, given_name: claims.given_name ?? firstName, family_name: claims.family_name ?? lastName }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}
