import type { Command } from './command.ts'

/** Every command; loaded when it is called, so that none waits for what another needs. */
export const commands: Readonly<Record<string, { readonly summary: string; load(): Promise<Command> }>> = {
  dev: {
    summary: 'Run everything on this machine: database, server, test identity provider, example app',
    load: async () => (await import('./dev.ts')).dev,
  },
  start: {
    summary: 'Run the server for others; refuses settings that are not safe',
    load: async () => (await import('./start.ts')).start,
  },
  migrate: {
    summary: 'Bring the database up to this version',
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  seed: {
    summary: 'Make what a file describes; again is harmless',
    load: async () => (await import('./seed.ts')).seed,
  },
  environments: {
    summary: 'List and create environments',
    load: async () => (await import('./environments.ts')).environments,
  },
  keys: {
    summary: 'Create, list, roll and revoke API keys',
    load: async () => (await import('./keys.ts')).keys,
  },
  'signing-keys': {
    summary: 'List and rotate the keys that access tokens are signed with',
    load: async () => (await import('./signing-keys.ts')).signingKeys,
  },
  dashboard: {
    summary: 'Invite, list and remove the people who may use the dashboard',
    load: async () => (await import('./dashboard.ts')).dashboard,
  },
  secrets: {
    summary: 'Change the key that private keys in the database are encrypted with',
    load: async () => (await import('./secrets.ts')).secrets,
  },
  'datadog-dashboard': {
    summary: 'Print a Datadog dashboard to import',
    load: async () => (await import('./datadog-dashboard.ts')).datadogDashboardCommand,
  },
  'test-sso': {
    summary: 'Try the four scenarios of Test SSO without a browser',
    load: async () => (await import('./test-sso.ts')).testSso,
  },
  scim: {
    summary: 'Play the directory of an identity provider against any SCIM server',
    load: async () => (await import('./scim.ts')).scim,
  },
  events: {
    summary: 'Show events as they happen; forget old ones',
    load: async () => (await import('./events.ts')).events,
  },
  listen: {
    summary: 'Forward events to a URL of yours as webhooks',
    load: async () => (await import('./listen.ts')).listen,
  },
  trigger: {
    summary: 'Make an event happen for real in a staging environment',
    load: async () => (await import('./trigger.ts')).triggerCommand,
  },
  doctor: {
    summary: 'Look for what is wrong and say how to fix it',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  config: {
    summary: 'Show every setting and where it came from',
    load: async () => (await import('./config-command.ts')).configCommand,
  },
  reset: {
    summary: 'Delete what dev keeps on this machine',
    load: async () => (await import('./reset.ts')).reset,
  },
}
