import { Callout, Flex } from '@radix-ui/themes'
import {
  type AuthenticationMethods,
  type AuthenticationSettings,
  type AuthenticationSettingsUpdate,
  getAuthenticationSettings,
  updateAuthenticationSettings,
} from '#contracts/authentication-settings.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { ChoiceInput, SwitchInput } from '../../ui/fields.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ReadOnlyNotice } from '../../ui/read-only.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { ProviderSection } from './provider-section.tsx'

const methods: readonly (readonly [keyof AuthenticationMethods, string, string])[] = [
  ['password', 'Password', 'E-mail and a password of this server’s.'],
  ['magic_auth', 'Magic code', 'Six digits by mail, good for ten minutes.'],
  ['passkey', 'Passkey', 'The device proves who it is. Passkeys are bound to this server’s domain for good.'],
  ['google_oauth', 'Google', 'Continue with Google, once its client id and secret are set.'],
  ['microsoft_oauth', 'Microsoft', 'Continue with Microsoft.'],
  ['github_oauth', 'GitHub', 'Continue with GitHub.'],
  ['apple_oauth', 'Apple', 'Continue with Apple.'],
  ['custom_oauth', 'Other OpenID providers', 'Those of your own, which are set up below.'],
]

const lifetimes = [
  ['86400', 'A day'],
  ['604800', 'A week'],
  ['2592000', '30 days'],
  ['7776000', '90 days'],
  ['31536000', 'A year'],
] as const

const tokenLifetimes = [
  ['60', 'A minute'],
  ['300', '5 minutes'],
  ['900', '15 minutes'],
  ['3600', 'An hour'],
] as const

function withCurrent(options: readonly (readonly [string, string])[], seconds: number) {
  const value = String(seconds)
  return options.some(([each]) => each === value) ? options : [...options, [value, `${value} seconds`] as const]
}

export function AuthenticationPage() {
  const query = useRead(getAuthenticationSettings, {})
  return (
    <Page
      title="Authentication"
      lead="How people sign in through the hosted login box. Each change takes effect at once."
    >
      <Loaded query={query} noun="authentication settings">
        {(settings) => <Settings settings={settings} />}
      </Loaded>
    </Page>
  )
}

function Settings({ settings }: { readonly settings: AuthenticationSettings }) {
  const update = useChange(updateAuthenticationSettings)
  const set = (body: AuthenticationSettingsUpdate) => update.mutate({ body })
  const isLast = Object.values(settings.methods).filter(Boolean).length === 1
  const { session } = settings
  return (
    <>
      <ReadOnlyNotice />
      <Refusal error={update.error} />
      <Section title="Methods" lead="SSO is a matter of connections and always on.">
        <Flex direction="column" gap="4">
          {isLast && (
            <Callout.Root color="amber" size="1">
              <Callout.Text>Without the last method only people with a connection can sign in.</Callout.Text>
            </Callout.Root>
          )}
          {methods.map(([method, label, hint]) => (
            <SwitchInput
              key={method}
              label={label}
              hint={hint}
              checked={settings.methods[method]}
              onChange={(on) => set({ methods: { [method]: on } })}
            />
          ))}
        </Flex>
      </Section>
      <ProviderSection />
      <Section title="Sign-up and second factor">
        <Flex direction="column" gap="4" maxWidth="460px">
          <ChoiceInput
            label="Who may make an account on their own"
            value={settings.sign_up}
            options={[
              ['open', 'Anybody'],
              ['domain', 'Addresses of verified domains'],
              ['closed', 'Nobody: by invitation only'],
            ]}
            onChange={(sign_up) => set({ sign_up })}
          />
          <ChoiceInput
            label="Second factor"
            value={settings.mfa}
            options={[
              ['off', 'Off'],
              ['optional', 'Optional'],
              ['required', 'Required'],
            ]}
            hint="Whoever comes by SSO or with a passkey is not asked."
            onChange={(mfa) => set({ mfa })}
          />
          <SwitchInput
            label="Addresses must be proven"
            hint="Before they sign in with a password."
            checked={settings.email_verification_required}
            onChange={(on) => set({ email_verification_required: on })}
          />
          <SwitchInput
            label="Refuse common passwords"
            checked={settings.password.refuse_common}
            onChange={(on) => set({ password: { refuse_common: on } })}
          />
        </Flex>
      </Section>
      <Section title="Sessions">
        <Flex direction="column" gap="4" maxWidth="460px">
          <ChoiceInput
            label="Longest session"
            value={String(session.maximum_seconds)}
            options={withCurrent(lifetimes, session.maximum_seconds)}
            onChange={(value) => set({ session: { maximum_seconds: Number(value) } })}
          />
          <ChoiceInput
            label="Ends when unused for"
            value={String(session.inactivity_seconds)}
            options={withCurrent(lifetimes, session.inactivity_seconds)}
            onChange={(value) => set({ session: { inactivity_seconds: Number(value) } })}
          />
          <ChoiceInput
            label="Access tokens live"
            value={String(session.access_token_seconds)}
            options={withCurrent(tokenLifetimes, session.access_token_seconds)}
            onChange={(value) => set({ session: { access_token_seconds: Number(value) } })}
          />
        </Flex>
      </Section>
      <Section title="Directories and support">
        <Flex direction="column" gap="4">
          <SwitchInput
            label="Directories make users and members"
            hint="Whom a directory provisions can sign in at once, and loses access with it."
            checked={settings.directory_provisioning}
            onChange={(on) => set({ directory_provisioning: on })}
          />
          <SwitchInput
            label="Impersonation"
            hint="Somebody of yours may sign in as a user for an hour, with a reason that is written down."
            checked={settings.impersonation}
            onChange={(on) => set({ impersonation: on })}
          />
        </Flex>
      </Section>
    </>
  )
}
