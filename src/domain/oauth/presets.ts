import type { OAuthProviderName } from '#contracts/oauth-providers.ts'

/** How a provider differs from a plain OpenID provider. */
export interface Preset {
  readonly title: string
  /** Null: whoever sets it up names one. */
  readonly issuer: string | null
  readonly scopes: readonly string[]
  /** Sent with every authorization request. */
  readonly parameters?: Readonly<Record<string, string>>
  /** GitHub has no ID tokens; Apple's secret is a signature; Microsoft's issuer differs by tenant. */
  readonly dialect: 'oidc' | 'github' | 'apple' | 'microsoft'
}

const openid = ['openid', 'email', 'profile']

const presets: Readonly<Record<OAuthProviderName, Preset>> = {
  AppleOAuth: {
    title: 'Apple',
    issuer: 'https://appleid.apple.com',
    scopes: ['openid', 'email', 'name'],
    // Demanded by Apple as soon as a scope is asked for.
    parameters: { response_mode: 'form_post' },
    dialect: 'apple',
  },
  BitbucketOAuth: { title: 'Bitbucket', issuer: null, scopes: openid, dialect: 'oidc' },
  DiscordOAuth: { title: 'Discord', issuer: null, scopes: openid, dialect: 'oidc' },
  GitHubOAuth: {
    title: 'GitHub',
    issuer: 'https://github.com/login/oauth',
    scopes: ['read:user', 'user:email'],
    dialect: 'github',
  },
  GitLabOAuth: { title: 'GitLab', issuer: 'https://gitlab.com', scopes: openid, dialect: 'oidc' },
  GoogleOAuth: { title: 'Google', issuer: 'https://accounts.google.com', scopes: openid, dialect: 'oidc' },
  IntuitOAuth: { title: 'Intuit', issuer: null, scopes: openid, dialect: 'oidc' },
  LinkedInOAuth: { title: 'LinkedIn', issuer: 'https://www.linkedin.com/oauth', scopes: openid, dialect: 'oidc' },
  MicrosoftOAuth: {
    title: 'Microsoft',
    issuer: 'https://login.microsoftonline.com/common/v2.0',
    scopes: openid,
    dialect: 'microsoft',
  },
  SalesforceOAuth: { title: 'Salesforce', issuer: 'https://login.salesforce.com', scopes: openid, dialect: 'oidc' },
  SlackOAuth: { title: 'Slack', issuer: 'https://slack.com', scopes: openid, dialect: 'oidc' },
  VercelOAuth: { title: 'Vercel', issuer: null, scopes: openid, dialect: 'oidc' },
  XeroOAuth: { title: 'Xero', issuer: null, scopes: openid, dialect: 'oidc' },
}

/** How any OpenID provider is spoken to. */
const custom: Preset = { title: '', issuer: null, scopes: openid, dialect: 'oidc' }

/** Whether it is a provider that is known here, rather than one that an environment named itself. */
export function isKnown(name: string): name is OAuthProviderName {
  return Object.hasOwn(presets, name)
}

export function presetOf(name: string): Preset {
  return isKnown(name) ? presets[name] : custom
}

/** What a connection asks its OpenID provider for unless told. */
export const connectionScopes: readonly string[] = openid
