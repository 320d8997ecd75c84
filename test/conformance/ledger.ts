import { sessionDivergences } from './ledger-sessions.ts'
import { userDivergences } from './ledger-users.ts'

/** A known difference from the vendor's description. `at` is one operation or event, or a pattern of several. */
export interface Divergence {
  readonly at: string | RegExp
  readonly gap: string | RegExp
  readonly reason: string
}

/** Whether a pattern of the ledger means this text. */
export function covers(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === 'string' ? pattern === text : pattern.test(text)
}

/** Operations of the vendor that are not served, with the reason. */
export interface Unserved {
  readonly part: string
  readonly operations: RegExp
  readonly reason: string
}

const notYet = 'not part of this version yet'

export const unserved: readonly Unserved[] = [
  { part: 'AuthKit: completing an OAuth application', operations: /^\w+ \/authkit\//, reason: notYet },
  {
    part: 'Admin Portal',
    operations: /^\w+ \/portal\//,
    reason: `${notYet}; connections are made by POST /connections`,
  },
  {
    part: 'Audit Logs',
    operations: /^\w+ \/(?:audit_logs|organizations\/\{\w+\}\/audit_log)/,
    reason: 'outside sign-in and directory sync',
  },
  {
    part: 'FGA: resources and roles in them',
    operations: /^\w+ \/authorization\/(?:organization_memberships|organizations\/\{\w+\}\/resources|resources)/,
    reason: 'roles are of environments and organizations; resources of an application are outside sign-in',
  },
  {
    part: 'Groups',
    operations: /^\w+ \/(?:organizations\/\{\w+\}\/groups|user_management\/organization_memberships\/\{omId\}\/groups)/,
    reason: 'outside sign-in and directory sync',
  },
  {
    part: 'API keys of organizations and users',
    operations: /^\w+ \/(?:api_keys|organizations\/\{\w+\}\/api_keys|user_management\/users\/\{\w+\}\/api_keys)/,
    reason: 'keys for a customer’s customers are outside sign-in and directory sync',
  },
  {
    part: 'Connect: OAuth applications',
    operations: /^\w+ \/(?:connect|user_management\/users\/\{\w+\}\/authorized_applications)/,
    reason: 'outside sign-in and directory sync',
  },
  {
    part: 'Pipes: connected accounts',
    operations: /^\w+ \/(?:data-integrations|user_management\/users\/\{\w+\}\/(?:connected_accounts|data_providers))/,
    reason: 'outside sign-in and directory sync',
  },
  { part: 'Feature flags', operations: /\/feature-flags/, reason: 'outside sign-in and directory sync' },
  { part: 'Radar', operations: /^\w+ \/radar\//, reason: 'outside sign-in and directory sync' },
  { part: 'Widgets', operations: /^\w+ \/widgets\//, reason: 'browser components of the vendor’s own' },
]

export const divergences: readonly Divergence[] = [
  {
    at: 'GET /user_management/authorize',
    gap: /^query (?:max_age|password_reset_token|ui_locales) is taken in addition$/,
    reason: 'The vendor’s browser libraries send the first two; ui_locales is OpenID Connect’s.',
  },
  {
    at: 'GET /user_management/authorize',
    gap: /^query (?:response_type|redirect_uri|client_id) may be left out$/,
    reason: 'Then a page says what is missing, or the default redirect URI is taken, as the vendor does.',
  },
  {
    at: 'GET /user_management/authorize',
    gap: 'query provider_query_params is not taken',
    reason: 'Providers are asked what their settings say; nothing an address brings is handed on to them unread.',
  },
  {
    at: /^GET \/(?:user_management|sso)\/authorize$/,
    gap: 'may answer 204',
    reason: 'Browsers that fetch links ahead must not start sign-ins.',
  },
  {
    at: 'GET /user_management/authorize',
    gap: 'may answer 429',
    reason: 'A sign-in that begins with a mail to an address begins six times in ten minutes.',
  },
  ...userDivergences,
  ...sessionDivergences,

  // Statuses every operation can answer.
  {
    at: /^\w+ \//,
    gap: 'may answer 401',
    reason: 'The vendor answers 401 to a wrong API key too and documents it here and there.',
  },
  {
    at: /^\w+ \//,
    gap: /^may answer (?:413|415)$/,
    reason: 'A body that is too large or not JSON; the vendor does not document these.',
  },
  { at: /^\w+ \/(?!sso\/(?:authorize|logout$))/, gap: 'may answer 400', reason: 'A URL or JSON that cannot be read.' },
  { at: /^\w+ \//, gap: 'may answer 422', reason: 'Text no database can hold, such as a NUL, wherever it stands.' },
  {
    at: 'POST /organization_domains/{id}/verify',
    gap: 'may answer 409',
    reason: 'Another organization has the domain by now.',
  },
  {
    at: /^POST \/(?!organization_domains)/,
    gap: 'may answer 409',
    reason: 'Another request with the same Idempotency-Key is still running.',
  },
  {
    at: /^(?:POST \/organization_domains|POST \/organization_domains\/\{id\}\/verify|DELETE \/(?:organizations|directories)\/\{id\})$/,
    gap: 'may answer 404',
    reason: 'An unknown id is 404 everywhere, as in recordings of the vendor.',
  },
  {
    at: /^(?:GET|PUT|DELETE) \/(?:organizations|connections|director)/,
    gap: 'never answers 403',
    reason: 'An API key may do everything in its environment.',
  },
  {
    at: /^DELETE \/(?:organizations|connections|directories)\/\{id\}$/,
    gap: 'never answers 200',
    reason: 'The other documented status, 202 or 204, is what recordings of the vendor show.',
  },

  {
    at: 'GET /directories/{id}',
    gap: /^answer holds (?:endpoint|attribute_map|last_request_at) in addition$/,
    reason: 'What the identity provider is set up with; the vendor shows it in its dashboard alone.',
  },
  {
    at: 'GET /directory_users',
    gap: /^query (?:idp_id|email) is taken in addition$/,
    reason: 'In the vendor’s later descriptions.',
  },
  { at: 'GET /directory_users', gap: 'never answers 429', reason: 'Reads by an API key are not limited.' },
  {
    at: /^(?:GET \/events|event dsync\.token\.(?:created|revoked))$/,
    gap: /dsync\.token\.(?:created|revoked)|^is unknown to the vendor$/,
    reason: 'In the vendor’s later descriptions.',
  },
  {
    at: /^(?:GET|POST|PATCH) \/webhook_endpoints/,
    gap: /(?:ordered|failing_since) (?:in addition|is taken in addition)$/,
    reason: 'Ordered delivery and the state of a failing endpoint are ours.',
  },
  {
    at: /^(?:POST|PATCH) \/webhook_endpoints/,
    gap: 'never answers 422 with code invalid_request_parameters',
    reason: 'Fields that break a rule are named one by one, without a code for all of them.',
  },

  // In newer descriptions of the vendor than the one its npm package carries.
  {
    at: /^(?:GET|DELETE) \/user_management\/redirect_uris/,
    gap: /^is not in this version/,
    reason: 'In the vendor’s later descriptions.',
  },
  {
    at: 'GET /user_management/cors_origins',
    gap: /^is not in this version/,
    reason: 'In the vendor’s later descriptions.',
  },

  {
    at: /^(?:POST|PUT) \/organizations/,
    gap: 'body metadata.* may be null',
    reason: 'Null removes the key, as the vendor’s guide to metadata says.',
  },
  {
    at: 'PUT /organizations/{id}',
    gap: 'body stripe_customer_id may be null',
    reason: 'The SDKs’ types allow null, to take the id away.',
  },
  {
    at: 'POST /user_management/redirect_uris',
    gap: 'body default is taken in addition',
    reason: 'The vendor sets the default in its dashboard.',
  },

  {
    at: /./,
    gap: /may hold '(?:GrokOAuth|XOAuth)' as/,
    reason: 'Connection types of later descriptions; no connection here has them.',
  },
  {
    at: 'GET /connections',
    gap: "query connection_type does not take 'GithubOAuth'",
    reason: 'The vendor spells it GitHubOAuth everywhere else; there are no OAuth connections here.',
  },
  {
    at: /^GET \/connections/,
    gap: /^answer lacks (?:data\[\]\.)?options/,
    reason:
      'The vendor’s signing_cert is the certificate it signs requests with; ours is in the connection’s SP metadata.',
  },
  {
    at: 'GET /connections/{id}',
    gap: /^answer holds (?:external_key|sp_\w+|acs_url|idp_\w+|certificates|attribute_map|oidc|options\.\w+) in addition$/,
    reason: 'What an administrator needs to set the connection up; the vendor shows it in its dashboard only.',
  },
  {
    at: /^event connection\./,
    gap: /^payload may hold '(?:requires_type|Pending)' as/,
    reason: 'The schema is the connection’s; a connection in that state or of that type is never announced.',
  },

  {
    at: 'GET /sso/authorize',
    gap: 'query provider_query_params is not taken',
    reason: 'For OAuth providers, which are not part of this version.',
  },
  {
    at: /^GET \/sso\/(?:authorize|logout)$/,
    gap: /^query \w+ may be left out$/,
    reason: 'A browser that lacks it gets a page that says so, not JSON.',
  },
  {
    at: /^GET \/sso\/(?:authorize|logout)$/,
    gap: 'may answer 400',
    reason: 'A page for the browser when there is nowhere to send it back to.',
  },
  {
    at: 'GET /sso/authorize',
    gap: /^query (?:prompt|code_challenge|code_challenge_method) is taken in addition$/,
    reason: 'The SDKs send these.',
  },
  {
    at: 'GET /sso/authorize',
    gap: 'answer lacks url',
    reason: 'Browsers are redirected; nothing asks for the URL as JSON.',
  },
  {
    at: 'POST /sso/token',
    gap: /^query \w+ is not taken$/,
    reason: 'Taken, and not documented: a secret does not belong in a URL.',
  },
  {
    at: 'POST /sso/token',
    gap: /^body \w+ may be left out$/,
    reason:
      'The secret may be a PKCE verifier or the Authorization header; what is missing is an OAuth error, not a 422.',
  },
  {
    at: 'POST /sso/token',
    gap: /^body (?:code_verifier|redirect_uri) is taken in addition$/,
    reason: 'RFC 7636 §4.5 and RFC 6749 §4.1.3; the SDKs send the verifier.',
  },
  {
    at: 'POST /sso/token',
    gap: 'never answers 201',
    reason: 'RFC 6749 §5.1 wants 200, and OAuth clients refuse anything else.',
  },
  { at: 'POST /sso/token', gap: 'never answers 404', reason: 'An unknown client is invalid_client.' },
  {
    at: 'GET /sso/profile',
    gap: 'never answers 404',
    reason: 'The token carries the profile: a token that works has one.',
  },
  { at: 'POST /sso/logout/authorize', gap: 'never answers 200', reason: 'The other documented status.' },
  {
    at: 'POST /sso/logout/authorize',
    gap: /^never answers 400 with code/,
    reason: 'Every connection can sign out here; a wrong key is 401.',
  },
  {
    at: 'GET /sso/logout',
    gap: 'never answers 404',
    reason: 'A browser with a token nobody issued gets a page, with 400.',
  },

  {
    at: 'GET /events',
    gap: 'answer lacks data[].context',
    reason: 'Context belongs to events this server does not write.',
  },
  {
    at: 'GET /events',
    gap: 'answer holds list_metadata.before in addition',
    reason: 'In the vendor’s later descriptions.',
  },
  {
    at: /^event (?:webhook_endpoint\.disabled|alert\.(?:firing|recovered))$/,
    gap: 'is unknown to the vendor',
    reason: 'Extensions. Nobody gets them who does not ask for them by name.',
  },
  {
    at: 'GET /events',
    gap: /^answer may hold '(?:webhook_endpoint\.disabled|alert\.(?:firing|recovered))' as data\[\]\.event$/,
    reason: 'Extensions. Nobody gets them who does not ask for them by name.',
  },
]
