import type { WebhookAttempt, WebhookHeaders } from '#contracts/webhooks.ts'
import { signatureHeader } from '#protocols/webhooks/signature.ts'

const keptResponse = 4_096
const keptHeaders = 40
const keptHeaderLength = 500

/** A session that the receiver would begin with us is nobody's business. */
const notKept = new Set(['set-cookie'])

type Headers = Readonly<Record<string, string>>

/** Posts to an address that a customer named, within 10 s and without following redirects. */
export type PostWebhook = (
  url: string,
  body: string,
  headers: Headers,
) => Promise<
  | {
      readonly ok: true
      readonly status: number
      readonly retryAfter: string | undefined
      readonly body: string
      readonly headers: Readonly<NodeJS.Dict<string | string[]>>
    }
  | { readonly ok: false; readonly error: string }
>

export interface ExchangeDeps {
  readonly clock: () => Date
  readonly postWebhook: PostWebhook
}

/** One request to a receiver and what it said, as far as it is kept. */
export interface Exchange {
  readonly delivered: boolean
  readonly attempt: WebhookAttempt
  readonly headers: WebhookHeaders
  /** The beginning of the answer's body. */
  readonly response: string | null
  readonly retryAfter: string | undefined
}

/** @param more headers besides the usual ones. */
export async function exchange(
  { clock, postWebhook }: ExchangeDeps,
  to: { readonly url: string; readonly body: string; readonly signature: string },
  more: Headers = {},
): Promise<Exchange> {
  const request = {
    'content-type': 'application/json',
    'user-agent': 'Gatehouse-Webhooks/1',
    [signatureHeader]: to.signature,
    ...more,
  }
  const at = clock().toISOString()
  const started = performance.now()
  const answer = await postWebhook(to.url, to.body, request)
  const duration = Math.round(performance.now() - started)
  return {
    delivered: answer.ok && answer.status >= 200 && answer.status < 300,
    attempt: {
      at,
      status: answer.ok ? answer.status : null,
      error: answer.ok ? null : answer.error,
      duration_ms: duration,
    },
    headers: { request, response: answer.ok ? readHeaders(answer.headers) : null },
    response: answer.ok ? storable(answer.body.slice(0, keptResponse)) : null,
    retryAfter: answer.ok ? answer.retryAfter : undefined,
  }
}

function readHeaders(headers: Readonly<NodeJS.Dict<string | string[]>>): Headers {
  const kept = Object.entries(headers)
    .filter(([name]) => !notKept.has(name.toLowerCase()))
    .slice(0, keptHeaders)
    .map(([name, value = '']) => [storable(name), storable(String(value).slice(0, keptHeaderLength))] as const)
  return Object.fromEntries(kept)
}

/** Without what a column cannot hold. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}
