import type { AnyEndpoint } from './endpoint.ts'
import * as authkit from './authkit.ts'
import * as branding from './branding.ts'
import * as mailbox from './mailbox.ts'
import * as authentication from './authentication.ts'
import * as settings from './authentication-settings.ts'
import * as connections from './connections.ts'
import * as directories from './directories.ts'
import * as attributes from './directory-attributes.ts'
import { getDirectoryUserProvisioning } from './directory-provisioning.ts'
import * as directoryRoles from './directory-roles.ts'
import * as snapshots from './directory-snapshots.ts'
import * as device from './device-authorization.ts'
import * as identities from './identity-explanations.ts'
import * as people from './directory-users.ts'
import * as emailChanges from './email-changes.ts'
import * as verifications from './email-verifications.ts'
import * as environments from './environments.ts'
import * as events from './events.ts'
import * as invitations from './invitations.ts'
import * as alerts from './alert-rules.ts'
import * as insights from './insights.ts'
import * as impersonation from './impersonation.ts'
import * as templates from './jwt-templates.ts'
import * as streams from './log-streams.ts'
import * as oauth from './oauth-providers.ts'
import * as mfa from './mfa.ts'
import * as domains from './organization-domains.ts'
import * as magic from './magic-auth.ts'
import * as memberships from './memberships.ts'
import * as organizations from './organizations.ts'
import * as passkeys from './passkeys.ts'
import * as permissions from './permissions.ts'
import * as resets from './password-resets.ts'
import * as redirects from './redirects.ts'
import * as roles from './roles.ts'
import * as sessions from './sessions.ts'
import * as signingKeys from './signing-keys.ts'
import * as sso from './sso.ts'
import * as testSso from './test-sso.ts'
import * as users from './users.ts'
import * as webhooks from './webhooks.ts'

/** Every operation of the public surface, in the order the documentation shows them. */
export const endpoints: readonly AnyEndpoint[] = [
  organizations.listOrganizations,
  organizations.createOrganization,
  organizations.getOrganization,
  organizations.getOrganizationByExternalId,
  organizations.updateOrganization,
  organizations.deleteOrganization,

  domains.createOrganizationDomain,
  domains.getOrganizationDomain,
  domains.verifyOrganizationDomain,
  domains.deleteOrganizationDomain,

  users.listUsers,
  users.createUser,
  users.getUser,
  users.getUserByExternalId,
  users.updateUser,
  impersonation.impersonateUser,
  users.deleteUser,
  users.listUserIdentities,
  identities.explainIdentity,
  emailChanges.sendEmailChange,
  emailChanges.confirmEmailChange,

  authentication.authenticate,
  device.authorizeDevice,
  sessions.listUserSessions,
  sessions.revokeSession,
  sessions.logoutSession,
  magic.createMagicAuth,
  magic.sendMagicAuth,
  magic.getMagicAuth,
  verifications.getEmailVerification,
  verifications.sendUserEmailVerification,
  verifications.confirmUserEmailVerification,
  resets.createPasswordReset,
  resets.sendPasswordReset,
  resets.getPasswordReset,
  resets.confirmPasswordReset,
  mfa.listUserFactors,
  mfa.enrollUserFactor,
  mfa.createRecoveryCodes,
  mfa.enrollFactor,
  mfa.getFactor,
  mfa.deleteFactor,
  mfa.challengeFactor,
  mfa.verifyChallenge,
  passkeys.listUserPasskeys,
  passkeys.deleteUserPasskey,
  templates.getJwtTemplate,
  templates.setJwtTemplate,
  settings.getAuthenticationSettings,
  settings.updateAuthenticationSettings,
  settings.getOrganizationAuthenticationSettings,
  settings.setOrganizationAuthenticationSettings,

  memberships.listOrganizationMemberships,
  memberships.createOrganizationMembership,
  memberships.getOrganizationMembership,
  memberships.updateOrganizationMembership,
  memberships.deactivateOrganizationMembership,
  memberships.reactivateOrganizationMembership,
  memberships.deleteOrganizationMembership,

  invitations.listInvitations,
  invitations.sendInvitation,
  invitations.getInvitation,
  invitations.findInvitationByToken,
  invitations.acceptInvitation,
  invitations.revokeInvitation,
  invitations.resendInvitation,

  roles.listEnvironmentRoles,
  roles.createEnvironmentRole,
  roles.orderEnvironmentRoles,
  roles.getEnvironmentRole,
  roles.updateEnvironmentRole,
  roles.deleteEnvironmentRole,
  roles.addEnvironmentRolePermission,
  roles.setEnvironmentRolePermissions,
  roles.listOrganizationRoles,
  roles.listRolesOfOrganization,
  roles.createOrganizationRole,
  roles.getOrganizationRole,
  roles.updateOrganizationRole,
  roles.deleteOrganizationRole,
  roles.addOrganizationRolePermission,
  roles.setOrganizationRolePermissions,
  roles.removeOrganizationRolePermission,

  permissions.listPermissions,
  permissions.createPermission,
  permissions.getPermission,
  permissions.updatePermission,
  permissions.deletePermission,

  connections.listConnections,
  connections.getConnection,
  connections.createConnection,
  connections.updateConnection,
  connections.deleteConnection,

  testSso.startTestSsoRun,
  testSso.listTestSsoRuns,
  testSso.getTestSsoRun,

  oauth.listOAuthProviders,
  oauth.getOAuthProvider,
  oauth.setOAuthProvider,
  oauth.deleteOAuthProvider,

  sso.authorizeSso,
  sso.exchangeSsoCode,
  sso.getSsoProfile,
  sso.getJwks,
  sso.authorizeSsoLogout,
  sso.ssoLogout,

  directories.listDirectories,
  directories.createDirectory,
  directories.getDirectory,
  directories.updateDirectory,
  directories.deleteDirectory,
  snapshots.getDirectorySnapshot,
  snapshots.reconcileDirectory,
  directories.listDirectoryTokens,
  directories.createDirectoryToken,
  directories.rollDirectoryToken,
  directories.revokeDirectoryToken,
  people.listDirectoryUsers,
  people.getDirectoryUser,
  directoryRoles.getDirectoryUserRole,
  getDirectoryUserProvisioning,
  people.listDirectoryGroups,
  people.getDirectoryGroup,
  directoryRoles.listGroupRoles,
  directoryRoles.setGroupRoles,
  attributes.listDirectoryAttributes,
  attributes.setDirectoryAttribute,
  attributes.deleteDirectoryAttribute,

  events.listEvents,

  webhooks.listWebhookEndpoints,
  webhooks.createWebhookEndpoint,
  webhooks.getWebhookEndpoint,
  webhooks.updateWebhookEndpoint,
  webhooks.deleteWebhookEndpoint,
  webhooks.rollWebhookSecret,
  webhooks.testWebhookEndpoint,
  webhooks.listWebhookDeliveries,
  webhooks.retryWebhookDelivery,
  webhooks.recoverWebhookDeliveries,
  webhooks.replayWebhookEvents,

  streams.listLogStreams,
  streams.createLogStream,
  streams.getLogStream,
  streams.updateLogStream,
  streams.deleteLogStream,
  streams.testLogStream,
  streams.getLogStreamStatus,
  streams.getDatadogDashboard,

  insights.getInsight,
  insights.exportInsight,

  alerts.listAlertRules,
  alerts.createAlertRule,
  alerts.getAlertRule,
  alerts.updateAlertRule,
  alerts.deleteAlertRule,

  redirects.listRedirectUris,
  redirects.createRedirectUri,
  redirects.updateRedirectUri,
  redirects.deleteRedirectUri,
  redirects.listLogoutUris,
  redirects.createLogoutUri,
  redirects.updateLogoutUri,
  redirects.deleteLogoutUri,
  redirects.listCorsOrigins,
  redirects.createCorsOrigin,
  redirects.deleteCorsOrigin,
  redirects.getHomepage,
  redirects.setHomepage,

  authkit.authorizeUser,

  branding.getBranding,
  branding.updateBranding,
  branding.previewBranding,

  mailbox.listMailbox,

  environments.getCurrentEnvironment,
  environments.updateCurrentEnvironment,
  signingKeys.listSigningKeys,
  signingKeys.rotateSigningKeys,
  environments.listEnvironmentApiKeys,
  environments.createEnvironmentApiKey,
  environments.rollEnvironmentApiKey,
  environments.revokeEnvironmentApiKey,
]
