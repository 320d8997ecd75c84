import type { Dialect } from './dialect.ts'
import { entra, entraCompliant } from './dialects/entra.ts'
import { jumpcloud } from './dialects/jumpcloud.ts'
import { okta, oktaCustom } from './dialects/okta.ts'
import { onelogin } from './dialects/onelogin.ts'
import { ping } from './dialects/ping.ts'
import { rippling } from './dialects/rippling.ts'

/** Every client that can be imitated. */
export const dialects = {
  okta,
  'okta-custom': oktaCustom,
  entra,
  'entra-compliant': entraCompliant,
  onelogin,
  jumpcloud,
  rippling,
  ping,
} as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects

export const dialectNames = Object.keys(dialects) as DialectName[] // the table has no other keys

export function isDialectName(text: unknown): text is DialectName {
  return typeof text === 'string' && Object.hasOwn(dialects, text)
}
