import { csrfHeader } from '#contracts/console.ts'
import type { AnyEndpoint, Input, Output } from '#contracts/endpoint.ts'
import type { ErrorBody } from '#contracts/errors.ts'

/** Where the API answers, and what is sent along: a key, or nothing where a cookie stands for the caller. */
export interface Api {
  /** No trailing slash; empty for the page's own origin. */
  readonly baseUrl: string
  readonly key?: string
  /** Shows that a page of ours makes the change, not a stranger's that the cookie came along with. */
  readonly csrfToken?: string
}

/** The API said no. Callers switch on `status` and `code`. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string | undefined
  readonly errors: NonNullable<ErrorBody['errors']>
  /** For whoever looks into the server's log. */
  readonly requestId: string | null

  constructor(status: number, body: Partial<ErrorBody>, requestId: string | null) {
    super(body.message ?? `The server answered ${status}.`)
    this.status = status
    this.code = body.code
    this.errors = body.errors ?? []
    this.requestId = requestId
  }
}

/** What a call needs: the parts its operation has. One it has not is of no known type. */
export type CallInput<E> = {
  readonly [Part in keyof Input<E> as unknown extends Input<E>[Part] ? never : Part]: Input<E>[Part]
}

/**
 * Calls an operation of the contract from a browser or a test; input and answer are typed by it.
 * @throws ApiError for any answer but a success; TypeError when nothing answers.
 */
export async function call<E extends AnyEndpoint>(api: Api, endpoint: E, input: CallInput<E>): Promise<Output<E>> {
  const { params = {}, query = {}, body } = input as Partial<Input<AnyEndpoint>> & { body?: unknown } // parts that are absent are empty
  const response = await fetch(`${api.baseUrl}${pathOf(endpoint.path, params)}${queryOf(query)}`, {
    method: endpoint.method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(api.key !== undefined && { authorization: `Bearer ${api.key}` }),
      ...(api.csrfToken !== undefined && { [csrfHeader]: api.csrfToken }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (response.ok && 'csv' in endpoint.success) return (await response.text()) as Output<E> // which is text then
  const answer = await readJson(response)
  if (!response.ok) throw new ApiError(response.status, answer ?? {}, response.headers.get('x-request-id'))
  return answer as Output<E> // the server's presenters are typed by the same schema
}

function pathOf(path: string, params: unknown): string {
  const values = params as Record<string, string> // path parameters are text
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values[name] ?? ''))
}

/** Lists are one comma-joined parameter; what is not given is not sent. */
function queryOf(query: unknown): string {
  const entries = Object.entries(query as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, Array.isArray(value) ? value.join(',') : String(value)])
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`
}

async function readJson(response: Response): Promise<Record<string, unknown> | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/json')) return undefined
  return (await response.json()) as Record<string, unknown>
}
