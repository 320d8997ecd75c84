import { sql } from 'kysely'
import type {
  AuthenticationSettings,
  AuthenticationSettingsUpdate,
  OrganizationAuthenticationSettings,
} from '#contracts/authentication-settings.ts'
import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { ensureSigningKey } from '../environments/signing-keys.ts'
import { NotFound } from '../errors.ts'

type Reader = Database['kysely'] | Work['tx']

/** How people sign in where nobody said otherwise. */
export const defaultSettings: AuthenticationSettings = {
  methods: {
    password: true,
    magic_auth: true,
    passkey: true,
    google_oauth: true,
    microsoft_oauth: true,
    github_oauth: true,
    apple_oauth: true,
    custom_oauth: true,
  },
  sign_up: 'open',
  email_verification_required: true,
  mfa: 'optional',
  password: { minimum_length: 10, refuse_common: true, history: 0 },
  session: {
    access_token_seconds: 300,
    maximum_seconds: 30 * 86_400,
    inactivity_seconds: 7 * 86_400,
    signing_algorithm: 'RS256',
    issuer: null,
  },
  impersonation: false,
  sign_in_endpoint: null,
  directory_provisioning: false,
}

/** Fills in what was stored, which may be older than the newest setting, with the defaults. */
export function withDefaults(stored: unknown): AuthenticationSettings {
  const given = (stored ?? {}) as Partial<AuthenticationSettings> // written by saveSettings only
  return {
    ...defaultSettings,
    ...given,
    methods: { ...defaultSettings.methods, ...given.methods },
    password: { ...defaultSettings.password, ...given.password },
    session: { ...defaultSettings.session, ...given.session },
  }
}

export async function readSettings(reader: Reader, environment: EnvironmentId): Promise<AuthenticationSettings> {
  const row = await reader
    .selectFrom('authentication_settings')
    .select('settings')
    .where('environment_id', '=', environment)
    .executeTakeFirst()
  return withDefaults(row?.settings)
}

/** Fields left out keep their value. Sessions that the new rules would not allow end at their next refresh. */
export async function saveSettings(
  work: Work,
  secrets: Secrets,
  change: AuthenticationSettingsUpdate,
): Promise<AuthenticationSettings> {
  const row = await work.tx
    .insertInto('authentication_settings')
    .values({ environment_id: work.environment, settings: '{}', updated_at: work.now })
    // Also locks the row, so that two changes at once do not lose one.
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet({ updated_at: work.now }))
    .returning('settings')
    .executeTakeFirstOrThrow()
  const before = withDefaults(row.settings)
  const settings: AuthenticationSettings = {
    ...before,
    ...change,
    methods: { ...before.methods, ...change.methods },
    password: { ...before.password, ...change.password },
    session: { ...before.session, ...change.session },
  }
  await work.tx
    .updateTable('authentication_settings')
    .set({ settings: JSON.stringify(settings) })
    .where('environment_id', '=', work.environment)
    .execute()
  await ensureSigningKey(work, settings.session.signing_algorithm, secrets)
  return settings
}

/** What an organization has otherwise than its environment; empty when nothing. */
export async function readOrganizationSettings(
  reader: Reader,
  environment: EnvironmentId,
  organization: OrganizationId,
): Promise<OrganizationAuthenticationSettings> {
  const row = await reader
    .selectFrom('organizations as o')
    .leftJoin('organization_authentication_settings as s', (join) =>
      join.onRef('s.environment_id', '=', 'o.environment_id').onRef('s.organization_id', '=', 'o.id'),
    )
    .select('s.settings')
    .where('o.environment_id', '=', environment)
    .where('o.id', '=', organization)
    .executeTakeFirst()
  if (!row) throw new NotFound('Organization', organization)
  return row.settings ?? {}
}

/** Replaces all of them: what is left out follows the environment again. */
export async function saveOrganizationSettings(
  work: Work,
  organization: OrganizationId,
  settings: OrganizationAuthenticationSettings,
): Promise<OrganizationAuthenticationSettings> {
  await readOrganizationSettings(work.tx, work.environment, organization)
  await work.tx
    .insertInto('organization_authentication_settings')
    .values({
      environment_id: work.environment,
      organization_id: organization,
      settings: JSON.stringify(settings),
      updated_at: work.now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['environment_id', 'organization_id'])
        .doUpdateSet({ settings: sql`excluded.settings`, updated_at: work.now }),
    )
    .execute()
  return settings
}
