import type {
  DatadogSettings,
  FileSettings,
  HttpsSettings,
  LogStreamType,
  S3Settings,
  SplunkSettings,
} from '#contracts/log-streams.ts'
import type { EnvironmentId, LogStreamId } from '#contracts/ids.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { datadogRequest, explainDatadog } from './datadog.ts'
import { sendRequest } from './http-destination.ts'
import { httpsRequest, toLines } from './https.ts'
import type { LogEvent, Outlets, Verdict } from './outlets.ts'
import { explainS3, s3Request } from './s3.ts'
import { explainSplunk, splunkRequest } from './splunk.ts'

/** A destination of a type: what may be shown of it, and what may not. */
export interface DestinationParts {
  datadog: { settings: DatadogSettings; credentials: { api_key: string } }
  https: { settings: HttpsSettings; credentials: { headers: Record<string, string> } }
  splunk: { settings: SplunkSettings; credentials: { token: string } }
  s3: { settings: S3Settings; credentials: { secret_access_key: string } }
  file: { settings: FileSettings; credentials: Record<string, never> }
  stdout: { settings: Record<string, never>; credentials: Record<string, never> }
}

interface Origin {
  readonly id: LogStreamId
  readonly now: Date
  readonly environment: EnvironmentId
  readonly kind: 'staging' | 'production'
}

type Send<T extends LogStreamType> = (
  events: readonly LogEvent[],
  parts: DestinationParts[T],
  origin: Origin,
  outlets: Outlets,
) => Promise<Verdict>

/** What Datadog takes in one request; nobody else takes less. */
export const batchLimits = { events: 1000, bytes: 5_000_000 } as const

const destinations: { readonly [T in LogStreamType]: Send<T> } = {
  datadog: (events, { settings, credentials }, origin, outlets) => {
    const intake = outlets.datadogIntake(settings.site)
    const request = datadogRequest(events, settings, credentials.api_key, origin, intake)
    return sendRequest(outlets, 'Datadog', request, explainDatadog(settings))
  },
  https: (events, { settings, credentials }, _origin, outlets) =>
    sendRequest(outlets, 'The receiver', httpsRequest(events, settings, credentials.headers), () => undefined),
  splunk: (events, { settings, credentials }, origin, outlets) =>
    sendRequest(outlets, 'Splunk', splunkRequest(events, settings, credentials.token, origin), explainSplunk),
  s3: async (events, { settings, credentials }, origin, outlets) =>
    sendRequest(
      outlets,
      'S3',
      await s3Request(events, settings, credentials.secret_access_key, origin),
      explainS3(settings),
    ),
  file: async (events, { settings }, { environment }, { appendFile }) => {
    if (!appendFile) return failed('The operator has named no folder for log stream files any more.')
    return written(appendFile(environment, settings.name, toLines(events)))
  },
  stdout: (events, _parts, _origin, { writeStdout }) => written(writeStdout(toLines(events))),
}

/** A row of log_streams with the kind of its environment. */
export interface Target {
  readonly environment_id: EnvironmentId
  readonly id: LogStreamId
  readonly kind: 'staging' | 'production'
  readonly type: LogStreamType
  readonly settings: unknown
  readonly sealed_credentials: string
}

export function sendBatch(
  events: readonly LogEvent[],
  target: Target,
  secrets: Secrets,
  outlets: Outlets,
  now: Date,
): Promise<Verdict> {
  const opened = secrets.open(target.sealed_credentials, sealContext('log_streams.sealed_credentials', target.id))
  const parts = { settings: target.settings, credentials: JSON.parse(opened) as unknown }
  // The row was written by settings.ts with the parts of its type; TypeScript cannot tie the type to its entry.
  const send = destinations[target.type] as Send<LogStreamType>
  return send(
    events,
    parts as DestinationParts[LogStreamType],
    { environment: target.environment_id, id: target.id, kind: target.kind, now },
    outlets,
  )
}

function failed(message: string): Verdict {
  return { kind: 'failed', status: null, message, retryAfter: undefined }
}

async function written(writing: Promise<void>): Promise<Verdict> {
  try {
    await writing
    return { kind: 'accepted', status: null }
  } catch (error) {
    return failed(`Writing failed: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
