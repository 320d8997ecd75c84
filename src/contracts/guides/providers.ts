import type { ConnectionType, SamlConnectionType } from '../connections.ts'
import type { DirectoryType } from '../directories.ts'

export interface Provider<T extends string> {
  readonly type: T
  readonly text: string
  /** What else people call it. */
  readonly aliases: readonly string[]
}

/** Identity providers in the words people look for, those that most have first. The test one is made by the server alone. */
export const samlProviders: readonly Provider<Exclude<SamlConnectionType, 'TestIdp'>>[] = [
  { type: 'OktaSAML', text: 'Okta', aliases: ['Okta SAML'] },
  { type: 'AzureSAML', text: 'Entra ID', aliases: ['Azure AD', 'Microsoft', 'Active Directory', 'Office 365'] },
  { type: 'GoogleSAML', text: 'Google', aliases: ['Google Workspace', 'G Suite'] },
  { type: 'OneLoginSAML', text: 'OneLogin', aliases: [] },
  { type: 'JumpCloudSAML', text: 'JumpCloud', aliases: [] },
  { type: 'PingOneSAML', text: 'PingOne', aliases: ['Ping Identity'] },
  { type: 'PingFederateSAML', text: 'PingFederate', aliases: ['Ping Identity'] },
  { type: 'ADFSSAML', text: 'AD FS', aliases: ['ADFS', 'Active Directory Federation Services'] },
  { type: 'KeycloakSAML', text: 'Keycloak', aliases: [] },
  { type: 'Auth0SAML', text: 'Auth0', aliases: [] },
  { type: 'CasSAML', text: 'CAS', aliases: ['Apereo'] },
  { type: 'ClassLinkSAML', text: 'ClassLink', aliases: [] },
  { type: 'CloudflareSAML', text: 'Cloudflare', aliases: ['Cloudflare Access'] },
  { type: 'CyberArkSAML', text: 'CyberArk', aliases: ['Idaptive'] },
  { type: 'DuoSAML', text: 'Duo', aliases: ['Cisco Duo'] },
  { type: 'LastPassSAML', text: 'LastPass', aliases: [] },
  { type: 'MiniOrangeSAML', text: 'miniOrange', aliases: [] },
  { type: 'NetIqSAML', text: 'NetIQ', aliases: ['Access Manager'] },
  { type: 'OracleSAML', text: 'Oracle', aliases: ['IDCS', 'Oracle Cloud'] },
  { type: 'RipplingSAML', text: 'Rippling', aliases: [] },
  { type: 'SalesforceSAML', text: 'Salesforce', aliases: [] },
  { type: 'ShibbolethSAML', text: 'Shibboleth', aliases: [] },
  { type: 'ShibbolethGenericSAML', text: 'Shibboleth (generic)', aliases: [] },
  { type: 'SimpleSamlPhpSAML', text: 'SimpleSAMLphp', aliases: [] },
  { type: 'VMwareSAML', text: 'VMware', aliases: ['Workspace ONE'] },
  { type: 'GenericSAML', text: 'Custom SAML', aliases: ['Generic', 'Other'] },
]

/** Identity providers that push by SCIM. */
export const scimProviders: readonly Provider<DirectoryType>[] = [
  { type: 'okta scim v2.0', text: 'Okta', aliases: ['Okta SCIM'] },
  { type: 'azure scim v2.0', text: 'Entra ID', aliases: ['Azure AD', 'Microsoft', 'Active Directory'] },
  { type: 'onelogin scim v2.0', text: 'OneLogin', aliases: [] },
  { type: 'jump cloud scim v2.0', text: 'JumpCloud', aliases: [] },
  { type: 'pingfederate scim v2.0', text: 'PingFederate', aliases: ['Ping Identity'] },
  { type: 'cyberark scim v2.0', text: 'CyberArk', aliases: ['Idaptive'] },
  { type: 'rippling scim v2.0', text: 'Rippling', aliases: [] },
  { type: 'sailpoint scim v2.0', text: 'SailPoint', aliases: [] },
  { type: 'generic scim v2.0', text: 'Custom SCIM v2', aliases: ['Generic', 'Other'] },
]

/** Whatever the type, something to call it. */
export function providerOf(type: ConnectionType | DirectoryType): Provider<ConnectionType | DirectoryType> {
  if (type === 'TestIdp') return { type, text: 'Test identity provider', aliases: [] }
  const all: readonly Provider<ConnectionType | DirectoryType>[] = [...samlProviders, ...scimProviders]
  return all.find((provider) => provider.type === type) ?? { type, text: type, aliases: [] }
}

/** The directory type of the same vendor, which is what most have beside it. */
export function directoryTypeBeside(type: ConnectionType): DirectoryType | undefined {
  const { text } = providerOf(type)
  return scimProviders.find((provider) => provider.text === text)?.type
}
