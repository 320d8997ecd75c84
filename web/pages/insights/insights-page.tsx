import { Grid, Table, Text } from '@radix-ui/themes'
import type { OrganizationId } from '#contracts/ids.ts'
import {
  exportInsight,
  getInsight,
  type Insight,
  type InsightGrouping,
  type InsightMetric,
} from '#contracts/insights.ts'
import { call } from '../../api/call.ts'
import { usePlace } from '../../api/environment.tsx'
import { useRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { Rows } from '../../ui/rows.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { say } from '../../ui/toasts.tsx'
import { OrganizationLink } from '../organizations/organization-link.tsx'
import { BarChart } from './bar-chart.tsx'
import { barsOf, totalsBy } from './series.ts'

/** Of what is delivered no event tells. */
const lookAgainMs = 5000

/** Of the range that the server answers with by itself: one that begins with the day would be another reading at midnight. */
function useInsight(metric: InsightMetric, group_by: InsightGrouping[], refetchEveryMs?: number) {
  return useRead(
    getInsight,
    { params: { metric }, query: { group_by } },
    { ...(refetchEveryMs !== undefined && { refetchEveryMs }) },
  )
}

const goodOutcomes = new Set(['succeeded', 'success', 'delivered', 'created', 'added'])

export function InsightsPage() {
  const signIns = useInsight('sign_ins', ['outcome'])
  const reasons = useInsight('sign_ins', ['reason'])
  const organizations = useInsight('sign_ins', ['organization'])
  const users = useInsight('directory_changes', ['outcome'])
  const deliveries = useInsight('webhook_deliveries', ['outcome'], lookAgainMs)
  return (
    <Page title="Insights" lead="The last 30 days of this environment, by day in UTC.">
      <Chart title="Sign-ins" metric="sign_ins" query={signIns} good="succeeded" bad="did not" />
      <Grid columns={{ initial: '1', md: '2' }} gap="5">
        <Section title="Why sign-ins failed">
          <Loaded query={reasons} noun="reasons">
            {({ data }) => <Totals totals={totalsBy(data, 'reason')} empty="None failed." />}
          </Loaded>
        </Section>
        <Section title="Sign-ins by organization">
          <Loaded query={organizations} noun="activity">
            {({ data }) => (
              <Totals totals={totalsBy(data, 'organization_id')} empty="Nobody signed in." areOrganizations />
            )}
          </Loaded>
        </Section>
      </Grid>
      <Chart
        title="Changes by directories"
        metric="directory_changes"
        query={users}
        good="additions"
        bad="other changes"
      />
      <Chart title="Webhook deliveries" metric="webhook_deliveries" query={deliveries} good="succeeded" bad="did not" />
    </Page>
  )
}

interface ChartProps {
  readonly title: string
  readonly metric: InsightMetric
  readonly query: ReturnType<typeof useInsight>
  readonly good: string
  readonly bad: string
}

function Chart({ title, metric, query, good, bad }: ChartProps) {
  return (
    <Section title={title} actions={<Download metric={metric} />}>
      <Loaded query={query} noun="counts">
        {(insight: Insight) => {
          const bars = barsOf(insight.data, insight.range_start, insight.range_end, goodOutcomes)
          return <BarChart bars={bars} title={title} good={good} bad={bad} />
        }}
      </Loaded>
    </Section>
  )
}

function Download({ metric }: { readonly metric: InsightMetric }) {
  const { apiOf } = usePlace()
  async function download(): Promise<void> {
    try {
      const query = { group_by: ['organization', 'outcome', 'reason'] satisfies InsightGrouping[] }
      const csv = await call(apiOf(exportInsight), exportInsight, { params: { metric }, query })
      saveFile(`${metric}.csv`, 'text/csv', csv)
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <ActionButton variant="soft" color="gray" size="1" onClick={() => void download()}>
      Download CSV
    </ActionButton>
  )
}

interface TotalsProps {
  readonly totals: readonly { readonly name: string; readonly count: number }[]
  readonly empty: string
  readonly areOrganizations?: boolean
}

const mostRows = 10

function Totals({ totals, empty, areOrganizations = false }: TotalsProps) {
  if (totals.length === 0)
    return (
      <Text as="p" size="2" className="soft flush">
        {empty}
      </Text>
    )
  return (
    <Rows isDense>
      {totals.slice(0, mostRows).map(({ name, count }) => (
        <Table.Row key={name}>
          <Table.RowHeaderCell className="breaks">
            {areOrganizations ? <OrganizationLink id={name as OrganizationId} /> : name.replaceAll('_', ' ')}
          </Table.RowHeaderCell>
          <Table.Cell align="right" className="numbers">
            {count}
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
