import { Flex } from '@radix-ui/themes'
import { usePlace } from '../../api/environment.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { LoadedTogether } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Checklist } from './checklist.tsx'
import { ExpiringConnections } from './expiring-section.tsx'
import { useChecklist } from './use-checklist.tsx'

export function OverviewPage() {
  const { environment, session } = usePlace()
  const { steps, lists } = useChecklist()
  const done = steps.filter((step) => step.done).length
  const isRead = lists.every(({ query }) => query.data !== undefined)
  return (
    <Page title="Overview">
      <ExpiringConnections />
      <Section
        title="From nothing to a customer who signs in"
        lead={`${isRead ? `${done} of ${steps.length}. ` : ''}Each is ticked by what has happened, not by a click.`}
      >
        <LoadedTogether lists={lists} noun="progress">
          <Checklist steps={steps} />
        </LoadedTogether>
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
