import { createHash, createHmac } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A log as an intake stored it. */
export interface StoredLog {
  readonly id: string
  readonly event: string
  readonly [field: string]: unknown
}

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Request {
  readonly path: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly raw: Buffer
}

export interface Intake {
  readonly url: string
  readonly stored: StoredLog[]
  /** Items of each accepted request. */
  readonly batches: number[]
  readonly requests: Request[]
  /** Requests being answered at once, at most so far. */
  mostAtOnce: number
  /** Stands in for what the intake would answer to a good request; `hang` never answers. */
  answer: (request: Request) => Answer | 'hang' | undefined
  /** Awaited before each answer. */
  gate: Promise<void>
  close(): Promise<void>
}

type Check = (request: Request) => Answer & { readonly logs?: readonly StoredLog[] }

async function startIntake(check: Check): Promise<Intake> {
  let open = 0
  const server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => void respond())
    const respond = async () => {
      const request = {
        path: message.url ?? '/',
        method: message.method ?? '',
        headers: message.headers,
        raw: Buffer.concat(chunks),
      }
      intake.requests.push(request)
      open += 1
      intake.mostAtOnce = Math.max(intake.mostAtOnce, open)
      await intake.gate
      open -= 1
      const forced = intake.answer(request)
      if (forced === 'hang') return
      const answer = forced ?? check(request)
      if ('logs' in answer && answer.logs) {
        intake.stored.push(...(answer.logs as StoredLog[])) // the check parsed them
        intake.batches.push((answer.logs as StoredLog[]).length)
      }
      response.writeHead(answer.status, answer.headers).end(answer.body)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const intake: Intake = {
    url: `http://127.0.0.1:${port}`,
    stored: [],
    batches: [],
    requests: [],
    mostAtOnce: 0,
    answer: () => undefined,
    gate: Promise.resolve(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return intake
}

export const datadogKey = '0123456789abcdef0123456789abcdef'

/** POST /api/v2/logs as documented: key, gzip, an array of at most 1000 items, 5 MB uncompressed. */
export function startDatadog(): Promise<Intake> {
  return startIntake(({ path, headers, raw }) => {
    if (path !== '/api/v2/logs') return { status: 404 }
    if (headers['dd-api-key'] === undefined) return { status: 401 }
    if (headers['dd-api-key'] !== datadogKey) return { status: 403, body: '{"errors":[{"detail":"Forbidden"}]}' }
    if (headers['content-type'] !== 'application/json' || headers['content-encoding'] !== 'gzip') return { status: 400 }
    const text = gunzipSync(raw)
    if (text.length > 5_000_000) return { status: 413 }
    const logs = JSON.parse(text.toString()) as unknown
    if (!Array.isArray(logs) || logs.length > 1000 || logs.length === 0) return { status: 400 }
    const wellFormed = logs.every(
      (log: Record<string, unknown>) =>
        ['ddsource', 'ddtags', 'service', 'message'].every((field) => typeof log[field] === 'string') &&
        typeof log['timestamp'] === 'number',
    )
    return wellFormed ? { status: 202, body: '{}', logs: logs as StoredLog[] } : { status: 400 } // checked just now
  })
}

export const splunkToken = 'B5A79AAD-D822-46CC-80D1-819F80D7BFB0'

/** HTTP Event Collector: envelopes one after the other; it answers in codes. */
export function startSplunk(): Promise<Intake> {
  return startIntake(({ path, headers, raw }) => {
    if (path !== '/services/collector/event') return { status: 404, body: '{"text":"Not Found","code":404}' }
    if (headers.authorization === undefined) return { status: 401, body: '{"text":"Token is required","code":2}' }
    if (headers.authorization !== `Splunk ${splunkToken}`)
      return { status: 403, body: '{"text":"Invalid token","code":4}' }
    const envelopes = raw
      .toString()
      .split('\n')
      .map((line) => JSON.parse(line) as { time: unknown; event?: StoredLog; index?: string })
    if (envelopes.some(({ event }) => event === undefined))
      return { status: 400, body: '{"text":"Event field is required","code":12}' }
    if (envelopes.some(({ time }) => typeof time !== 'number'))
      return { status: 400, body: '{"text":"Error in handling indexed fields","code":15}' }
    if (envelopes.some(({ index }) => index === 'closed'))
      return { status: 400, body: '{"text":"Incorrect index","code":7}' }
    return { status: 200, body: '{"text":"Success","code":0}', logs: envelopes.map(({ event }) => event as StoredLog) }
  })
}

export const httpsSecret = 'Bearer a-long-enough-secret'

/** Somebody's own receiver. */
export function startReceiver(): Promise<Intake> {
  return startIntake(({ headers, raw }) => {
    if (headers.authorization !== httpsSecret) return { status: 401 }
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
    const logs =
      headers['content-type'] === 'application/json'
        ? (JSON.parse(text) as StoredLog[])
        : text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as StoredLog)
    return { status: 204, logs }
  })
}

export const s3Key = { access_key_id: 'AKIDTEST', secret_access_key: 'test/secret+access=key' }

/** A bucket that checks signatures by its own reading of the protocol, and keeps what it was given by key. */
export async function startS3(objects: Map<string, string[]>): Promise<Intake> {
  return startIntake(({ path, method, headers, raw }) => {
    const refused = (code: string) => ({ status: 403, body: `<Error><Code>${code}</Code></Error>` })
    if (method !== 'PUT') return { status: 405 }
    const authorization = String(headers.authorization)
    const [, id, date, region, names = '', signature] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
        authorization,
      ) ?? []
    if (id !== s3Key.access_key_id) return refused('InvalidAccessKeyId')
    const bodyHash = createHash('sha256').update(raw).digest('hex')
    for (const needed of ['host', 'x-amz-content-sha256', 'x-amz-date'])
      if (!names.split(';').includes(needed)) return refused('AccessDenied')
    if (headers['x-amz-content-sha256'] !== bodyHash)
      return { status: 400, body: '<Code>XAmzContentSHA256Mismatch</Code>' }
    let request = `PUT\n${path}\n\n`
    for (const name of names.split(';')) request += `${name}:${String(headers[name])}\n`
    request += `\n${names}\n${bodyHash}`
    const scope = `${date}/${region}/s3/aws4_request`
    const digest = createHash('sha256').update(request).digest('hex')
    let key = Buffer.from(`AWS4${s3Key.secret_access_key}`)
    for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
    const expected = createHmac('sha256', key)
      .update(`AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${digest}`)
      .digest('hex')
    if (signature !== expected) return refused('SignatureDoesNotMatch')
    const logs = gunzipSync(raw)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as StoredLog)
    objects.set(
      path,
      logs.map((log) => log.id),
    )
    return { status: 200, logs }
  })
}
