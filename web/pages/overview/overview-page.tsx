import { usePlace } from '../../api/environment.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { Page, Section } from '../../ui/page.tsx'

export function OverviewPage() {
  const { environment, session } = usePlace()
  return (
    <Page title="Overview">
      <Section title="What your application needs">
        <CopyField name="Client ID" value={environment.client_id} />
        <CopyField name="Server" value={session.base_url} />
      </Section>
    </Page>
  )
}
