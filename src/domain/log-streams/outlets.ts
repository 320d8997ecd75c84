import type { DatadogSite } from '#contracts/log-streams.ts'
import type { EnvironmentId } from '#contracts/ids.ts'

/** An event as it stands in the log; the body is the text that every reader gets, and is not parsed on its way out. */
export interface LogEvent {
  readonly id: string
  readonly type: string
  readonly organization_id: string | null
  readonly created_at: Date
  readonly body: string
}

/** Posts, or puts, to an address that a customer named, within a time limit below the lease and without following redirects. */
export type PostBatch = (
  url: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  method?: 'POST' | 'PUT',
) => Promise<
  | { readonly ok: true; readonly status: number; readonly retryAfter: string | undefined; readonly body: string }
  | { readonly ok: false; readonly error: string }
>

/** Every way out of the server that a stream may take. */
export interface Outlets {
  readonly post: PostBatch
  /** Appends to a file of the environment, below the folder the operator named; undefined when there is none. */
  readonly appendFile: ((environment: EnvironmentId, name: string, text: string) => Promise<void>) | undefined
  readonly writeStdout: (text: string) => Promise<void>
  /** The origin where a Datadog site takes logs. */
  readonly datadogIntake: (site: DatadogSite) => string
}

/** What became of a batch. Whatever is not accepted is sent again. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly status: number | null }
  /** The same events may pass in smaller batches. */
  | { readonly kind: 'too_large'; readonly status: number; readonly message: string }
  | {
      readonly kind: 'failed'
      readonly status: number | null
      readonly message: string
      readonly retryAfter: string | undefined
    }
