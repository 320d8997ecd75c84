import { Flex } from '@radix-ui/themes'
import { type ConfiguredConnection, type ConnectionOptions, updateConnection } from '#contracts/connections.ts'
import { useChange } from '../../api/queries.ts'
import { ChoiceInput, SwitchInput } from '../../ui/fields.tsx'
import { Section } from '../../ui/page.tsx'
import { ReadOnlyNotice } from '../../ui/read-only.tsx'
import { Refusal } from '../../ui/refusal.tsx'

type Switch = {
  [Name in keyof ConnectionOptions]: ConnectionOptions[Name] extends boolean ? Name : never
}[keyof ConnectionOptions]

const switches: readonly (readonly [Switch, string, string])[] = [
  [
    'allow_idp_initiated',
    'Allow sign-ins that start at the identity provider',
    'People open your application from their company’s portal. Off, they have to start at your application.',
  ],
  [
    'sign_authn_requests',
    'Sign requests',
    'Some identity providers insist on it. They find the key in the SP Metadata.',
  ],
  ['force_authn', 'Ask for the password every time', 'Even where the identity provider still knows the person.'],
  [
    'require_signed_response',
    'Require the response to be signed',
    'The assertion has to be signed always; this asks for the envelope too.',
  ],
  [
    'want_encrypted_assertions',
    'Ask for encrypted assertions',
    'Puts an encryption certificate into the SP Metadata, which most identity providers then use.',
  ],
  ['allow_sha1', 'Accept SHA-1', 'Broken for signatures. Only while an old identity provider is being replaced.'],
]

const skews = [
  ['60', '1 minute'],
  ['180', '3 minutes'],
  ['300', '5 minutes'],
  ['600', '10 minutes'],
] as const

/** Each takes effect at once, for the next sign-in. */
export function OptionsTab({ connection }: { readonly connection: ConfiguredConnection }) {
  const update = useChange(updateConnection)
  const pending = update.isPending ? update.variables.body.options : undefined
  const options = { ...connection.options, ...pending }
  const set = (change: Partial<ConnectionOptions>) =>
    update.mutate({ params: { id: connection.id }, body: { options: change } })
  const skew = String(options.clock_skew_seconds)
  return (
    <Section title="Options" lead="Each takes effect at once, from the next sign-in on.">
      <Flex direction="column" gap="4" maxWidth="620px">
        <ReadOnlyNotice />
        {switches.map(([name, label, hint]) => (
          <SwitchInput
            key={name}
            label={label}
            hint={hint}
            checked={options[name]}
            onChange={(value) => set({ [name]: value })}
          />
        ))}
        <ChoiceInput
          label="How requests are sent"
          value={options.request_binding}
          options={[
            ['redirect', 'HTTP-Redirect'],
            ['post', 'HTTP-POST'],
          ]}
          onChange={(request_binding) => set({ request_binding })}
        />
        <ChoiceInput
          label="How far clocks may differ"
          value={skew}
          options={skews.some(([value]) => value === skew) ? skews : [...skews, [skew, `${skew} seconds`]]}
          onChange={(value) => set({ clock_skew_seconds: Number(value) })}
        />
        <Refusal error={update.error} />
      </Flex>
    </Section>
  )
}
