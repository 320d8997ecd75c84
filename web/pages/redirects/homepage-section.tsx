import { getHomepage, setHomepage } from '#contracts/redirects.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { AddressForm } from './address-form.tsx'

export function HomepageSection() {
  const query = useRead(getHomepage, {})
  const save = useChange(setHomepage)
  return (
    <Section
      title="App homepage URL"
      lead="Where people land after signing out when no sign-out redirect says otherwise."
    >
      <Loaded query={query} noun="homepage">
        {({ url }) => (
          <AddressForm
            label="URL"
            placeholder="http://localhost:3000"
            action="Save homepage"
            confirmation="Homepage saved"
            field="url"
            stored={url}
            saving={save}
            onSave={(next) => save.mutateAsync({ body: { url: next } })}
          />
        )}
      </Loaded>
    </Section>
  )
}
