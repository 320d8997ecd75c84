import type { DatadogDashboard, LogStream } from '#contracts/log-streams.ts'
import { BadRequest } from '../errors.ts'

const signIns = '@event:(authentication.*_succeeded)'
const failures = '@event:(authentication.*_failed OR authentication.sso_timed_out)'
const passwordFailures = '@event:authentication.password_failed'

/**
 * The four uses of events in Datadog as one dashboard, in the shape that Datadog imports. It reads logs alone and needs no
 * facet: attributes are found by their path.
 * @param source `ddsource` of the streams.
 */
export function datadogDashboard(source = 'workos'): DatadogDashboard {
  const all = `source:${source} $env $organization`
  const widgets = [
    group('Trends', [
      series('Sign-ins', [`${all} ${signIns}`, `${all} ${failures}`], ['succeeded', 'failed']),
      series('Sign-ins by method', [`${all} ${signIns}`], ['sign-ins'], '@event'),
      series(
        'New users',
        [`${all} @event:user.created`, `${all} @event:dsync.user.created`],
        ['users', 'directory users'],
      ),
      series('New organizations', [`${all} @event:organization.created`], ['organizations']),
      series('New SSO connections', [`${all} @event:connection.activated`], ['connections']),
      series('New directories', [`${all} @event:dsync.activated`], ['directories']),
    ]),
    group('Debugging', [
      topList('Failed sign-ins by reason', `${all} ${failures}`, '@data.error.code'),
      topList('Failed sign-ins by person', `${all} ${failures}`, '@data.email'),
      series(
        'E-mail verification and password resets',
        [
          `${all} @event:email_verification.created`,
          `${all} @event:authentication.email_verification_succeeded`,
          `${all} @event:password_reset.created`,
          `${all} @event:password_reset.succeeded`,
        ],
        ['verifications begun', 'verifications done', 'resets begun', 'resets done'],
      ),
      logList('What failed last', `${all} ${failures}`, [
        '@event',
        '@data.email',
        '@data.error.message',
        '@organization_id',
      ]),
    ]),
    group('Activity by organization', [
      topList('Sign-ins', `${all} ${signIns}`, '@organization_id'),
      topList('People signing in', `${all} ${signIns}`, '@organization_id', '@data.email'),
      topList('Directory changes', `${all} @event:dsync.*`, '@organization_id'),
      topList('Failed sign-ins', `${all} ${failures}`, '@organization_id'),
    ]),
    group('Alerts', [
      note(
        [
          '**Make a log monitor of each** (Monitors → New monitor → Logs), with an anomaly or a threshold that fits your numbers:',
          `- Spike of failed passwords: \`source:${source} ${passwordFailures}\``,
          `- Spike of failed sign-ins: \`source:${source} ${failures}\`, by \`@organization_id\``,
          `- A connection stopped: \`source:${source} @event:(connection.deactivated OR connection.deleted)\``,
          `- Certificates that end: \`source:${source} @event:connection.saml_certificate_renewal_required\``,
          `- Nothing arrives any more: \`source:${source}\`, below 1 in a day`,
        ].join('\n'),
      ),
      series('Failed passwords', [`${all} ${passwordFailures}`], ['failed passwords']),
      value('Failed sign-ins', `${all} ${failures}`),
      value('Connections stopped', `${all} @event:(connection.deactivated OR connection.deleted)`),
    ]),
  ]
  return {
    title: 'Sign-in and directory events',
    description: `Events of Gatehouse log streams (source:${source}).`,
    layout_type: 'ordered',
    template_variables: [
      { name: 'env', prefix: 'env', available_values: [], defaults: ['*'] },
      { name: 'organization', prefix: '@organization_id', available_values: [], defaults: ['*'] },
    ],
    widgets,
  }
}

/** @throws BadRequest `not_a_datadog_stream`. */
export function dashboardOf(stream: LogStream): DatadogDashboard {
  if (stream.datadog) return datadogDashboard(stream.datadog.source)
  throw new BadRequest(`This stream is of type '${stream.type}'; Datadog shows none of it.`, 'not_a_datadog_stream')
}

function group(title: string, widgets: readonly unknown[]) {
  return { definition: { type: 'group', layout_type: 'ordered', title, widgets } }
}

/** A query for logs; Datadog wants each named, and formulas that name them. */
function query(name: string, search: string, by?: string, distinct?: string) {
  return {
    name,
    data_source: 'logs',
    search: { query: search },
    indexes: ['*'],
    compute: distinct === undefined ? { aggregation: 'count' } : { aggregation: 'cardinality', metric: distinct },
    group_by:
      by === undefined
        ? []
        : [
            {
              facet: by,
              limit: 10,
              sort: {
                order: 'desc',
                aggregation: distinct === undefined ? 'count' : 'cardinality',
                ...(distinct !== undefined && { metric: distinct }),
              },
            },
          ],
  }
}

function series(title: string, searches: readonly string[], aliases: readonly string[], by?: string) {
  const queries = searches.map((search, index) => query(`q${index}`, search, by))
  const formulas = queries.map(({ name }, index) => ({ formula: name, alias: aliases[index] }))
  const request = { response_format: 'timeseries', queries, formulas, display_type: 'bars' }
  return { definition: { type: 'timeseries', title, show_legend: true, requests: [request] } }
}

function topList(title: string, search: string, by: string, distinct?: string) {
  const request = {
    response_format: 'scalar',
    queries: [query('q0', search, by, distinct)],
    formulas: [{ formula: 'q0', limit: { count: 10, order: 'desc' } }],
  }
  return { definition: { type: 'toplist', title, requests: [request] } }
}

function value(title: string, search: string) {
  const request = { response_format: 'scalar', queries: [query('q0', search)], formulas: [{ formula: 'q0' }] }
  return { definition: { type: 'query_value', title, autoscale: true, precision: 0, requests: [request] } }
}

function logList(title: string, search: string, fields: readonly string[]) {
  const request = {
    response_format: 'event_list',
    query: {
      data_source: 'logs_stream',
      query_string: search,
      indexes: [],
      sort: { column: 'timestamp', order: 'desc' },
    },
    columns: [{ field: 'timestamp', width: 'auto' }, ...fields.map((field) => ({ field, width: 'auto' }))],
  }
  return { definition: { type: 'list_stream', title, requests: [request] } }
}

function note(content: string) {
  return { definition: { type: 'note', content, background_color: 'white', font_size: '14', text_align: 'left' } }
}
