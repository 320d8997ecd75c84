import type { FastifyInstance } from 'fastify'
import { alertRuleRoutes } from './api/alert-rules.ts'
import { authenticationSettingsRoutes } from './api/authentication-settings.ts'
import { brandingRoutes } from './api/branding.ts'
import { mailboxRoutes } from './api/mailbox.ts'
import { previewRoute } from './login/preview.ts'
import { permissionRoutes } from './authorization/permissions.ts'
import { roleRoutes } from './authorization/roles.ts'
import { invitationRoute } from './login/invitation.ts'
import { deviceLoginRoute } from './login/device.ts'
import { resetRoutes } from './login/reset.ts'
import { loginRoutes } from './login/routes.ts'
import { connectionRoutes } from './api/connections.ts'
import { directoryRoutes } from './api/directories.ts'
import { directoryAttributeRoutes } from './api/directory-attributes.ts'
import { directoryPeopleRoutes } from './api/directory-people.ts'
import { environmentRoutes } from './api/environments.ts'
import { eventRoutes } from './api/events.ts'
import { insightRoutes } from './api/insights.ts'
import { logStreamRoutes } from './api/log-streams.ts'
import { oauthProviderRoutes } from './api/oauth-providers.ts'
import { organizationDomainRoutes } from './api/organization-domains.ts'
import { organizationRoutes } from './api/organizations.ts'
import { redirectRoutes } from './api/redirects.ts'
import { testSsoRoutes } from './api/test-sso.ts'
import { webhookRoutes } from './api/webhooks.ts'
import { dashboardRoutes } from './dashboard/routes.ts'
import { openApiRoutes } from './openapi.ts'
import { scimRoutes } from './scim/routes.ts'
import { acsRoute } from './sso/acs.ts'
import { authorizeRoute } from './sso/authorize.ts'
import { jwksRoute } from './sso/jwks.ts'
import { logoutRoutes } from './sso/logout.ts'
import { metadataRoutes } from './sso/metadata.ts'
import { oauthCallbackRoutes } from './sso/oauth-callback.ts'
import { profileRoute } from './sso/profile.ts'
import { tokenRoute } from './sso/token.ts'
import { authenticateRoute } from './user-management/authenticate.ts'
import { deviceRoute } from './user-management/device.ts'
import { emailChangeRoutes } from './user-management/email-changes.ts'
import { emailVerificationRoutes } from './user-management/email-verification.ts'
import { identityExplanationRoutes } from './user-management/identity-explanations.ts'
import { impersonationRoutes } from './user-management/impersonation.ts'
import { invitationRoutes } from './user-management/invitations.ts'
import { jwtTemplateRoutes } from './user-management/jwt-template.ts'
import { logoutRoute } from './user-management/logout.ts'
import { magicAuthRoutes } from './user-management/magic-auth.ts'
import { membershipRoutes } from './user-management/memberships.ts'
import { mfaRoutes } from './user-management/mfa.ts'
import { passkeyRoutes } from './user-management/passkeys.ts'
import { passwordResetRoutes } from './user-management/password-reset.ts'
import { sessionRoutes } from './user-management/sessions.ts'
import { userRoutes } from './user-management/users.ts'
import type { Deps } from './deps.ts'

/** Opens every door: a line a surface, so that a reader sees at once what the server answers. */
export function openDoors(server: FastifyInstance, deps: Deps, version: string): void {
  openApiRoutes(server, version)
  for (const routes of [
    organizationRoutes,
    organizationDomainRoutes,
    userRoutes,
    impersonationRoutes,
    authenticateRoute,
    deviceRoute,
    sessionRoutes,
    logoutRoute,
    magicAuthRoutes,
    emailVerificationRoutes,
    emailChangeRoutes,
    identityExplanationRoutes,
    passwordResetRoutes,
    mfaRoutes,
    passkeyRoutes,
    jwtTemplateRoutes,
    authenticationSettingsRoutes,
    membershipRoutes,
    invitationRoutes,
    roleRoutes,
    permissionRoutes,
    connectionRoutes,
    oauthProviderRoutes,
    environmentRoutes,
    directoryRoutes,
    directoryPeopleRoutes,
    directoryAttributeRoutes,
    redirectRoutes,
    testSsoRoutes,
    webhookRoutes,
    logStreamRoutes,
    eventRoutes,
    dashboardRoutes,
    brandingRoutes,
    mailboxRoutes,
    previewRoute,
    insightRoutes,
    loginRoutes,
    invitationRoute,
    resetRoutes,
    deviceLoginRoute,
    alertRuleRoutes,
  ])
    routes(server, deps)
  scimRoutes(server, deps)
  for (const routes of [
    authorizeRoute,
    acsRoute,
    oauthCallbackRoutes,
    metadataRoutes,
    tokenRoute,
    profileRoute,
    jwksRoute,
    logoutRoutes,
  ])
    routes(server, deps)
}
