import { BadRequest } from '../errors.ts'

/** @throws BadRequest `invalid_locale` for what is no BCP 47 tag. */
export function canonicalLocale(locale: string | null): string | null {
  if (locale === null) return null
  try {
    const [canonical] = Intl.getCanonicalLocales(locale)
    if (canonical !== undefined && canonical.length <= 35) return canonical
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new BadRequest(`'${locale.slice(0, 50)}' is not a BCP 47 language tag.`, 'invalid_locale')
}
