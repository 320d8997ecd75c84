import { Flex } from '@radix-ui/themes'
import { getOverview } from '#contracts/overview.ts'
import { usePlace } from '../../api/environment.tsx'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyField } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Checklist } from './checklist.tsx'
import { ExpiringConnections } from './expiring-section.tsx'
import { stepsOf } from './steps.tsx'

/** Calls, deliveries and redirects make no event; calls are noted a few seconds later. */
const lookAgainMs = 10_000

export function OverviewPage() {
  const { environment, session } = usePlace()
  const paths = usePaths()
  const query = useRead(getOverview, {}, { refetchEveryMs: lookAgainMs })
  const steps = query.data && stepsOf(query.data.steps, paths)
  const progress = steps ? `${steps.filter(({ done }) => done).length} of ${steps.length}. ` : ''
  return (
    <Page title="Overview">
      <ExpiringConnections />
      <Section
        title="From nothing to a customer who signs in"
        lead={`${progress}Each is ticked by what has happened, not by a click.`}
      >
        <Loaded query={query} noun="progress">
          {() => <Checklist steps={steps ?? []} />}
        </Loaded>
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
