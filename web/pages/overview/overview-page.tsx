import { Flex } from '@radix-ui/themes'
import { usePlace } from '../../api/environment.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Checklist } from './checklist.tsx'
import { ExpiringConnections } from './expiring-section.tsx'
import { useChecklist } from './use-checklist.tsx'

export function OverviewPage() {
  const { environment, session } = usePlace()
  const steps = useChecklist()
  const done = steps.filter((step) => step.done).length
  return (
    <Page title="Overview">
      <ExpiringConnections />
      <Section
        title="From nothing to a customer who signs in"
        lead={`${done} of ${steps.length}. Each is ticked by what has happened, not by a click.`}
      >
        <Checklist steps={steps} />
      </Section>
      <Section title="What your application needs">
        <Flex direction="column" gap="3">
          <CopyField name="Client ID" value={environment.client_id} />
          <CopyField name="Server" value={session.base_url} />
        </Flex>
      </Section>
    </Page>
  )
}
