import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Outlets, Verdict } from './outlets.ts'

const compress = promisify(gzip)
const quotedResponse = 300

export interface BatchRequest {
  readonly method?: 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly gzip: boolean
}

/** What a refusal means in the words of one vendor; undefined for a status it has nothing to say about. */
export type Explain = (status: number, body: string) => string | undefined

/** Sends one request and says what its answer means; statuses nobody explains are read as HTTP defines them. */
export async function sendRequest(
  { post }: Outlets,
  name: string,
  request: BatchRequest,
  explain: Explain,
): Promise<Verdict> {
  const body = request.gzip ? await compress(request.body) : request.body
  const headers = {
    'user-agent': 'Gatehouse-Log-Streams/1',
    ...request.headers,
    ...(request.gzip && { 'content-encoding': 'gzip' }),
  }
  const answer = await post(request.url, body, headers, request.method)
  if (!answer.ok)
    return { kind: 'failed', status: null, message: `${name} did not answer: ${answer.error}.`, retryAfter: undefined }
  const { status, retryAfter } = answer
  if (status >= 200 && status < 300 && explain(status, answer.body) === undefined) return { kind: 'accepted', status }
  const message = explain(status, answer.body) ?? describe(name, status, answer.body)
  return status === 413 ? { kind: 'too_large', status, message } : { kind: 'failed', status, message, retryAfter }
}

function describe(name: string, status: number, body: string): string {
  const said = storable(body.slice(0, quotedResponse).trim())
  const what = reasons[status] ?? (status >= 500 ? 'It is in trouble; nothing to do but wait.' : undefined)
  return [`${name} answered ${status}${said === '' ? '' : ` "${said}"`}.`, what].filter(Boolean).join(' ')
}

const reasons: Readonly<Record<number, string>> = {
  401: 'It wants other credentials: check the token or the headers of this stream.',
  403: 'It refuses these credentials: check the token or the headers of this stream.',
  404: 'Nothing takes logs at this URL: check its path.',
  413: 'The batch is larger than it takes.',
  429: 'It asks for less; the stream slows down and loses nothing.',
}

/** What a receiver says may hold what a column cannot. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}
