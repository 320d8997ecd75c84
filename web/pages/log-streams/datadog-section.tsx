import { Text } from '@radix-ui/themes'
import { getDatadogDashboard, type LogStream } from '#contracts/log-streams.ts'
import { call } from '../../api/call.ts'
import { usePlace } from '../../api/environment.tsx'
import { ActionButton } from '../../ui/action-button.tsx'
import { Section } from '../../ui/page.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { say } from '../../ui/toasts.tsx'

export function DatadogSection({ stream }: { readonly stream: LogStream }) {
  const { apiOf } = usePlace()
  async function download(): Promise<void> {
    try {
      const dashboard = await call(apiOf(getDatadogDashboard), getDatadogDashboard, { params: { id: stream.id } })
      saveFile('gatehouse-datadog-dashboard.json', 'application/json', JSON.stringify(dashboard, null, 2))
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <Section
      title="Datadog dashboard"
      lead="Trends of sign-ins and people, failed sign-ins by reason, activity by organization, and what to be alerted about."
      actions={
        <ActionButton variant="soft" onClick={() => void download()}>
          Download dashboard JSON
        </ActionButton>
      }
    >
      <Text as="p" size="2" className="flush">
        In Datadog: Dashboards → New Dashboard → Configure → Import dashboard JSON.
      </Text>
    </Section>
  )
}
