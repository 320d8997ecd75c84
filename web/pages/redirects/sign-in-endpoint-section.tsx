import { getAuthenticationSettings, updateAuthenticationSettings } from '#contracts/authentication-settings.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { AddressForm } from './address-form.tsx'

export function SignInEndpointSection() {
  const query = useRead(getAuthenticationSettings, {})
  const save = useChange(updateAuthenticationSettings)
  return (
    <Section
      title="Sign-in endpoint"
      lead="The page of your application that starts a sign-in with AuthKit. Invitations, impersonations and sign-ins that begin at an identity provider lead there; without one, the last give your default redirect URI a code of standalone SSO."
    >
      <Loaded query={query} noun="sign-in endpoint">
        {({ sign_in_endpoint: url }) => (
          <AddressForm
            label="Sign-in URL"
            placeholder="http://localhost:3000/sign-in"
            action="Save endpoint"
            confirmation="Sign-in endpoint saved"
            field="sign_in_endpoint"
            stored={url}
            saving={save}
            onSave={(next) => save.mutateAsync({ body: { sign_in_endpoint: next } })}
          />
        )}
      </Loaded>
    </Section>
  )
}
