import { Button, Flex } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { getHomepage, type Homepage, setHomepage } from '#contracts/redirects.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { TextInput } from '../../ui/fields.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal, refusalOf } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

export function HomepageSection() {
  const query = useRead(getHomepage, {})
  return (
    <Section
      title="App homepage URL"
      lead="Where people land after signing out when no sign-out redirect says otherwise."
    >
      <Loaded query={query} noun="homepage">
        {(homepage) => <HomepageForm homepage={homepage} key={homepage.url} />}
      </Loaded>
    </Section>
  )
}

function HomepageForm({ homepage }: { readonly homepage: Homepage }) {
  const { readOnly } = usePlace()
  const save = useChange(setHomepage)
  const [url, setUrl] = useState(homepage.url ?? '')
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    await save.mutateAsync({ body: { url: url.trim() === '' ? null : url.trim() } }).then(
      () => say('Homepage saved'),
      () => undefined, // shown below
    )
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Flex gap="3" align="start" wrap="wrap">
        <div className="grows">
          <TextInput
            label="URL"
            type="url"
            value={url}
            placeholder="http://localhost:3000"
            error={refusalOf(save.error, 'url')}
            onChange={setUrl}
          />
        </div>
        <Button
          type="submit"
          variant="soft"
          mt="5"
          disabled={readOnly !== undefined || url.trim() === (homepage.url ?? '')}
          loading={save.isPending}
        >
          Save homepage
        </Button>
      </Flex>
      <Refusal error={save.error} fields={['url']} />
    </form>
  )
}
