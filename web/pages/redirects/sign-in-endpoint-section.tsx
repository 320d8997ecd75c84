import { Button, Flex } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { getAuthenticationSettings, updateAuthenticationSettings } from '#contracts/authentication-settings.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { TextInput } from '../../ui/fields.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal, refusalOf } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

export function SignInEndpointSection() {
  const query = useRead(getAuthenticationSettings, {})
  return (
    <Section
      title="Sign-in endpoint"
      lead="The page of your application that starts a sign-in with AuthKit. Invitations, impersonations and sign-ins that begin at an identity provider lead there; without one, the last give your default redirect URI a code of standalone SSO."
    >
      <Loaded query={query} noun="sign-in endpoint">
        {({ sign_in_endpoint: url }) => <EndpointForm stored={url ?? ''} key={url} />}
      </Loaded>
    </Section>
  )
}

function EndpointForm({ stored }: { readonly stored: string }) {
  const { readOnly } = usePlace()
  const save = useChange(updateAuthenticationSettings)
  const [url, setUrl] = useState(stored)
  const typed = url.trim()
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    await save.mutateAsync({ body: { sign_in_endpoint: typed === '' ? null : typed } }).then(
      () => say('Sign-in endpoint saved'),
      () => undefined, // shown below
    )
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Flex gap="3" align="start" wrap="wrap">
        <div className="grows">
          <TextInput
            label="Sign-in URL"
            type="url"
            value={url}
            placeholder="http://localhost:3000/sign-in"
            error={refusalOf(save.error, 'sign_in_endpoint')}
            onChange={setUrl}
          />
        </div>
        <Button
          type="submit"
          variant="soft"
          mt="5"
          disabled={readOnly !== undefined || typed === stored}
          loading={save.isPending}
        >
          Save endpoint
        </Button>
      </Flex>
      <Refusal error={save.error} fields={['sign_in_endpoint']} />
    </form>
  )
}
