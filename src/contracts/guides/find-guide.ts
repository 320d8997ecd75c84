import type { ConnectionType } from '../connections.ts'
import type { DirectoryType } from '../directories.ts'
import { entraSaml } from './entra-saml.ts'
import { entraScim } from './entra-scim.ts'
import { genericSaml } from './generic-saml.ts'
import { genericScim } from './generic-scim.ts'
import { googleSaml } from './google-saml.ts'
import type { SamlGuide, ScimGuide } from './guide.ts'
import { oktaSaml } from './okta-saml.ts'
import { oktaScim } from './okta-scim.ts'
import { providerOf } from './providers.ts'

export const samlGuides: readonly SamlGuide[] = [oktaSaml, entraSaml, googleSaml, genericSaml]
export const scimGuides: readonly ScimGuide[] = [oktaScim, entraScim, genericScim]

/** The provider's own guide, or the one for everybody under the provider's name. */
export function samlGuideFor(type: ConnectionType): SamlGuide {
  const own = samlGuides.find((guide) => (guide.types as readonly ConnectionType[]).includes(type))
  return own ?? { ...genericSaml, provider: providerOf(type).text }
}

export function scimGuideFor(type: DirectoryType): ScimGuide {
  const own = scimGuides.find((guide) => guide.types.includes(type))
  return own ?? { ...genericScim, provider: providerOf(type).text }
}
