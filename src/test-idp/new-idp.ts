import { ok, refused, type Result } from '#protocols/result.ts'
import { isSlug } from './idp.ts'
import { isKindName, type KindName, kinds } from './kinds.ts'
import type { FieldErrors } from './problem.ts'
import { readServiceProvider, type ServiceProvider } from './service-provider.ts'

export interface NewIdp {
  readonly slug: string
  readonly kind: KindName
  readonly name: string
  readonly serviceProvider?: ServiceProvider
}

/** What an X.520 common name holds: it becomes the certificate's subject. */
const maximumNameLength = 64

const serviceProviderFields = ['entity_id', 'acs_url', 'encryption_certificate', 'signing_certificate']

/**
 * Reads what somebody wants created: `kind`, `name`, an optional `slug`, and the service provider's fields, all or none.
 * Without a slug the name makes one that `isTaken` does not know.
 */
export function readNewIdp(fields: URLSearchParams, isTaken: (slug: string) => boolean): Result<NewIdp, FieldErrors> {
  const errors = new Map<string, string>()
  const kind = fields.get('kind')
  if (!isKindName(kind)) errors.set('kind', `Choose one of ${Object.keys(kinds).join(', ')}.`)
  const name = (fields.get('name') ?? '').trim()
  if (name === '' || name.length > maximumNameLength)
    errors.set('name', `Enter a name of at most ${String(maximumNameLength)} characters.`)
  const slug = fields.get('slug') || freeSlug(name, isTaken)
  if (!isSlug(slug)) errors.set('slug', 'Use lower-case letters, digits and dashes, 40 at most.')
  const wantsServiceProvider = serviceProviderFields.some((field) => fields.get(field))
  const serviceProvider = wantsServiceProvider ? readServiceProvider(fields) : undefined
  if (serviceProvider?.ok === false) for (const [field, message] of serviceProvider.error) errors.set(field, message)
  if (errors.size > 0 || !isKindName(kind)) return refused(errors)
  return ok({ slug, kind, name, ...(serviceProvider?.ok && { serviceProvider: serviceProvider.value }) })
}

function freeSlug(name: string, isTaken: (slug: string) => boolean): string {
  const letters = name.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '')
  const base =
    letters
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 30)
      .replace(/-$/, '') || 'idp'
  if (isSlug(base) && !isTaken(base)) return base
  for (let number = 2; ; number += 1) {
    const slug = `${base}-${String(number)}`
    if (!isTaken(slug)) return slug
  }
}
