import { errorFault, mediaTypeFault } from './checks.ts'
import type { Exchange, Scorecard } from './scorecard.ts'
import type { Message, ScimAnswer, ScimRequest, Send } from './wire.ts'

export interface Answer {
  /** 0 when nobody answered. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly body: unknown
  readonly tries: number
  readonly exchange: Exchange
}

export interface ClientOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly send: Send
  readonly score: Scorecard
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>
  /** Gets to know every request, repeated ones included. */
  readonly onExchange?: (exchange: Exchange) => void
}

const maximumTries = 4
const firstWaitMs = 500
const longestWaitMs = 30_000

/** Sends one client's messages with its patience, and holds every answer against what all answers must be. */
export class ScimClient {
  readonly #options: ClientOptions
  #requests = 0
  #retries = 0

  constructor(options: ClientOptions) {
    this.#options = options
  }

  get requests(): number {
    return this.#requests
  }

  /** How many of the requests were repetitions. */
  get retries(): number {
    return this.#retries
  }

  /** @param headers on top of the client's own; an `authorization` here takes the place of the right one. */
  async ask(message: Message, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { 'content-type': contentType, ...always } = this.#options.headers
    const body = message.body !== undefined && contentType !== undefined ? { 'content-type': contentType } : {}
    const request: ScimRequest = { ...message, headers: { ...always, ...body, ...headers } }
    for (let tries = 1; ; tries += 1) {
      const exchange = await this.#try(request)
      if (tries >= maximumTries || !isPassing(exchange.answer)) return this.#judge(exchange, tries)
      this.#retries += 1
      await this.#options.wait(waitMs(exchange.answer, tries))
    }
  }

  async #try(request: ScimRequest): Promise<Exchange> {
    this.#requests += 1
    const exchange = await this.#options.send(request).then(
      (answer): Exchange => ({ request, answer }),
      (error: unknown): Exchange => ({ request, answer: undefined, problem: explain(error) }),
    )
    this.#options.onExchange?.(exchange)
    return exchange
  }

  #judge(exchange: Exchange, tries: number): Answer {
    const { answer, request } = exchange
    const { score } = this.#options
    const found: Answer = { status: 0, headers: {}, text: '', ...answer, body: parse(answer?.text), tries, exchange }
    score.check('answered', exchange, answer ? serverFault(answer) : `nobody answered: ${exchange.problem ?? ''}`)
    if (!answer || answer.status >= 500) return found
    if (answer.text !== '')
      score.check(
        'media_type',
        exchange,
        mediaTypeFault(answer.headers['content-type'], request.headers['accept']) ??
          (found.body === undefined ? 'the body is no JSON' : undefined),
      )
    if (answer.status >= 400) score.check('error_body', exchange, errorFault(found))
    return found
  }
}

/** Whether another try may go better: too many requests, a server that is not well, a connection that was reset. */
function isPassing(answer: ScimAnswer | undefined): boolean {
  return !answer || answer.status === 429 || (answer.status >= 500 && answer.status !== 501)
}

/** RFC 9110 §10.2.3 in seconds; a date is as good as no answer to how long. Without it, twice as long each time. */
function waitMs(answer: ScimAnswer | undefined, tries: number): number {
  const seconds = answer?.headers['retry-after']
  const asked = seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined
  return Math.min(asked ?? firstWaitMs * 2 ** (tries - 1), longestWaitMs)
}

function serverFault({ status }: ScimAnswer): string | undefined {
  if (status === 429) return `the status is still 429 after ${String(maximumTries)} tries`
  return status >= 500 ? `the status is ${String(status)}` : undefined
}

function parse(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // fetch hides the reason in the cause.
  const { cause } = error
  return cause instanceof Error && cause.message !== '' ? `${error.message}: ${cause.message}` : error.message
}
