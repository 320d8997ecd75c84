import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { LogStreamId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

const tag = 'log-streams'
const nullableString = Type.Union([Type.String(), Type.Null()])
const nullableTimestamp = Type.Union([Timestamp, Type.Null()])

const LogStreamType = Type.Enum(['datadog', 'https', 'splunk', 's3', 'file', 'stdout'])
export type LogStreamType = Static<typeof LogStreamType>

const DatadogSite = Type.Enum(['US1', 'US3', 'US5', 'EU1', 'AP1', 'US1-FED'])
export type DatadogSite = Static<typeof DatadogSite>

const HttpsFormat = Type.Enum(['ndjson', 'json'])

const DatadogSettings = Type.Object({
  site: DatadogSite,
  api_key_last_four: Type.String(),
  service: Type.String(),
  source: Type.String(),
  tags: Type.Array(Type.String()),
})
export type DatadogSettings = Static<typeof DatadogSettings>

const HttpsSettings = Type.Object({
  url: Type.String(),
  format: HttpsFormat,
  compress: Type.Boolean(),
  /** Their values are never shown. */
  header_names: Type.Array(Type.String()),
})
export type HttpsSettings = Static<typeof HttpsSettings>

const SplunkSettings = Type.Object({
  url: Type.String(),
  token_last_four: Type.String(),
  index: nullableString,
  source: Type.String(),
  sourcetype: Type.String(),
})
export type SplunkSettings = Static<typeof SplunkSettings>

const S3Settings = Type.Object({
  bucket: Type.String(),
  region: Type.String(),
  /** Where something else speaks the protocol, such as MinIO or R2; null for Amazon. */
  endpoint: nullableString,
  prefix: Type.String(),
  access_key_id: Type.String(),
})
export type S3Settings = Static<typeof S3Settings>

const FileSettings = Type.Object({ name: Type.String() })
export type FileSettings = Static<typeof FileSettings>

export const LogStream = Type.Object({
  object: Type.Literal('log_stream'),
  id: LogStreamId,
  name: Type.String(),
  type: LogStreamType,
  /** `failing` while the last attempt was refused or got no answer; it is tried again for ever. */
  state: Type.Enum(['active', 'failing', 'paused']),
  /** Events that are sent; null for all. */
  events: Type.Union([Type.Array(Type.String()), Type.Null()]),
  datadog: Type.Optional(DatadogSettings),
  https: Type.Optional(HttpsSettings),
  splunk: Type.Optional(SplunkSettings),
  s3: Type.Optional(S3Settings),
  file: Type.Optional(FileSettings),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type LogStream = Static<typeof LogStream>

/** What goes into an HTTP header has to fit into one. */
const HeaderSafe = Type.String({ pattern: '^[\\x21-\\x7e]+$', maxLength: 1000 })
const Label = Type.String({ minLength: 1, maxLength: 100 })
const Url = Type.String({ minLength: 1, maxLength: 2048 })
const Tag = Type.String({ pattern: '^[^,\\s]+$', maxLength: 200 })

const datadogOptions = {
  service: Type.Optional(Label),
  /** `workos` unless told. */
  source: Type.Optional(Label),
  /** Added to environment, organization and event. */
  tags: Type.Optional(Type.Array(Tag, { maxItems: 50 })),
}
const httpsOptions = {
  format: Type.Optional(HttpsFormat),
  compress: Type.Optional(Type.Boolean()),
  headers: Type.Optional(Type.Record(Type.String(), Type.String({ pattern: '^[\\x20-\\x7e]*$', maxLength: 4096 }))),
}
const splunkOptions = {
  index: Type.Optional(Label),
  source: Type.Optional(Label),
  sourcetype: Type.Optional(Label),
}
const s3Options = {
  endpoint: Type.Optional(Type.Union([Url, Type.Null()])),
  /** In front of every key, as it is. */
  prefix: Type.Optional(Type.String({ pattern: '^(?!/)[A-Za-z0-9._/-]*$', maxLength: 200 })),
}
const Bucket = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' })
const Region = Type.String({ pattern: '^[a-z0-9-]{1,50}$' })
const fileInput = Type.Object({ name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', maxLength: 100 }) })

const Events = Type.Union([Type.Array(Type.String(), { minItems: 1, maxItems: 200 }), Type.Null()])

export const LogStreamCreate = Type.Object({
  type: LogStreamType,
  name: Type.Optional(Label),
  events: Type.Optional(Events),
  /** Where in the log to start: at its end unless told. */
  start: Type.Optional(Type.Enum(['end', 'beginning'])),
  /** Start after this event instead. */
  start_after: Type.Optional(Type.String()),
  datadog: Type.Optional(Type.Object({ api_key: HeaderSafe, site: DatadogSite, ...datadogOptions })),
  https: Type.Optional(Type.Object({ url: Url, ...httpsOptions })),
  splunk: Type.Optional(Type.Object({ url: Url, token: HeaderSafe, ...splunkOptions })),
  s3: Type.Optional(
    Type.Object({
      bucket: Bucket,
      region: Region,
      access_key_id: HeaderSafe,
      secret_access_key: HeaderSafe,
      ...s3Options,
    }),
  ),
  file: Type.Optional(fileInput),
})
export type LogStreamCreate = Static<typeof LogStreamCreate>

export const LogStreamUpdate = Type.Object({
  name: Type.Optional(Label),
  /** A paused stream stands still; resumed, it goes on where it was. */
  paused: Type.Optional(Type.Boolean()),
  events: Type.Optional(Events),
  datadog: Type.Optional(
    Type.Object({ api_key: Type.Optional(HeaderSafe), site: Type.Optional(DatadogSite), ...datadogOptions }),
  ),
  https: Type.Optional(Type.Object({ url: Type.Optional(Url), ...httpsOptions })),
  splunk: Type.Optional(Type.Object({ url: Type.Optional(Url), token: Type.Optional(HeaderSafe), ...splunkOptions })),
  s3: Type.Optional(
    Type.Object({
      bucket: Type.Optional(Bucket),
      region: Type.Optional(Region),
      access_key_id: Type.Optional(HeaderSafe),
      secret_access_key: Type.Optional(HeaderSafe),
      ...s3Options,
    }),
  ),
  file: Type.Optional(fileInput),
})
export type LogStreamUpdate = Static<typeof LogStreamUpdate>

export const LogStreamStatus = Type.Object({
  object: Type.Literal('log_stream_status'),
  id: LogStreamId,
  state: Type.Enum(['active', 'failing', 'paused']),
  /** The last event of the log that needs no sending any more; null at the beginning. */
  last_event_id: nullableString,
  position: Type.Integer(),
  lag: Type.Object({
    /** Events that wait; counted up to 100 000. */
    events: Type.Integer(),
    /** Age of the oldest that waits. */
    seconds: Type.Integer(),
  }),
  counters: Type.Object({
    events: Type.Integer(),
    batches: Type.Integer(),
    /** Before compression. */
    bytes: Type.Integer(),
    failures: Type.Integer(),
  }),
  failing_since: nullableTimestamp,
  next_attempt_at: nullableTimestamp,
  last_success_at: nullableTimestamp,
  last_error: Type.Union([
    Type.Object({
      message: Type.String(),
      /** HTTP status of the answer; null when there was none. */
      status: Type.Union([Type.Integer(), Type.Null()]),
      at: Timestamp,
    }),
    Type.Null(),
  ]),
})
export type LogStreamStatus = Static<typeof LogStreamStatus>

export const LogStreamTest = Type.Object({
  object: Type.Literal('log_stream_test'),
  delivered: Type.Boolean(),
  status: Type.Union([Type.Integer(), Type.Null()]),
  /** What went wrong and what to do about it. */
  message: nullableString,
})
export type LogStreamTest = Static<typeof LogStreamTest>

export const DatadogDashboard = Type.Object({
  title: Type.String(),
  description: Type.String(),
  layout_type: Type.Literal('ordered'),
  template_variables: Type.Array(Type.Unknown()),
  widgets: Type.Array(Type.Unknown()),
})
export type DatadogDashboard = Static<typeof DatadogDashboard>

const params = Type.Object({ id: LogStreamId })
const notFound = { 404: ['entity_not_found'] }
const refusals = {
  422: [
    'invalid_url',
    'invalid_header',
    'unknown_event',
    'destination_required',
    'destination_mismatch',
    'file_streams_disabled',
  ],
}
const common = { tag, access: 'api_key', extension: true } as const

export const listLogStreams = endpoint({
  ...common,
  operationId: 'listLogStreams',
  method: 'GET',
  path: '/log_streams',
  summary: 'List log streams',
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(LogStream) },
})

export const createLogStream = endpoint({
  ...common,
  operationId: 'createLogStream',
  method: 'POST',
  path: '/log_streams',
  summary: 'Stream events to Datadog, Splunk, S3, an HTTPS endpoint, a file or standard output',
  body: LogStreamCreate,
  success: { status: 201, body: LogStream },
  errors: { 422: [...refusals[422], 'invalid_cursor'] },
})

export const getDatadogDashboard = endpoint({
  ...common,
  operationId: 'getDatadogDashboard',
  method: 'GET',
  path: '/log_streams/{id}/datadog_dashboard',
  summary: 'A Datadog dashboard to import: trends, debugging, activity by organization, alerts',
  params,
  success: { status: 200, body: DatadogDashboard },
  errors: { ...notFound, 400: ['not_a_datadog_stream'] },
})

export const getLogStream = endpoint({
  ...common,
  operationId: 'getLogStream',
  method: 'GET',
  path: '/log_streams/{id}',
  summary: 'Get a log stream',
  params,
  success: { status: 200, body: LogStream },
  errors: notFound,
})

export const updateLogStream = endpoint({
  ...common,
  operationId: 'updateLogStream',
  method: 'PATCH',
  path: '/log_streams/{id}',
  summary: 'Change, pause or resume a log stream; fields left out keep their value',
  params,
  body: LogStreamUpdate,
  success: { status: 200, body: LogStream },
  errors: { ...notFound, ...refusals },
})

export const deleteLogStream = endpoint({
  ...common,
  operationId: 'deleteLogStream',
  method: 'DELETE',
  path: '/log_streams/{id}',
  summary: 'Delete a log stream; what was sent stays where it is',
  params,
  success: { status: 204 },
  errors: notFound,
})

export const testLogStream = endpoint({
  ...common,
  operationId: 'testLogStream',
  method: 'POST',
  path: '/log_streams/{id}/test',
  summary: 'Send one event named log_stream.test now and say what came of it',
  params,
  success: { status: 200, body: LogStreamTest },
  errors: notFound,
})

export const getLogStreamStatus = endpoint({
  ...common,
  operationId: 'getLogStreamStatus',
  method: 'GET',
  path: '/log_streams/{id}/status',
  summary: 'How far a log stream is, what waits, and what went wrong last',
  params,
  success: { status: 200, body: LogStreamStatus },
  errors: notFound,
})
