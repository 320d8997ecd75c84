import { datadogDashboard } from '#domain/log-streams/datadog-dashboard.ts'
import { type Command, textOption } from './command.ts'

export const datadogDashboardCommand: Command = {
  name: 'datadog-dashboard',
  usage: '',
  summary: 'A dashboard for Datadog as JSON: trends, debugging, activity by organization, alerts.',
  notes: ['Save it and import it: Dashboards → New Dashboard → Import dashboard JSON.'],
  words: [0, 0],
  settings: [],
  options: { source: { value: 'NAME', doc: 'Source of the log stream, when it is not workos' } },
  async run(invocation) {
    invocation.terminal.line(JSON.stringify(datadogDashboard(textOption(invocation, 'source')), null, 2))
  },
}
