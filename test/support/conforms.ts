import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { endpoints } from '#contracts/all.ts'
import { consoleEndpoints, dashboardPath } from '#contracts/console.ts'
import { AuthenticationErrorBody } from '#contracts/authentication.ts'
import type { AnyEndpoint } from '#contracts/endpoint.ts'
import { ErrorBody, OAuthErrorBody } from '#contracts/errors.ts'
import { eventPayloads, listEvents } from '#contracts/events.ts'
import { Timestamp } from '#contracts/ids.ts'
import { openApi, type OpenApi } from '#contracts/openapi.ts'

export interface SentAnswer {
  readonly method: string
  /** Path and query as requested. */
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

interface Documented {
  readonly endpoint: AnyEndpoint
  readonly pattern: RegExp
  readonly document: OpenApi
  /** Statuses that the door itself may answer with, whatever the operation. */
  readonly more: readonly number[]
}

function documented(list: readonly AnyEndpoint[], prefix: string, more: readonly number[]): Documented[] {
  const document = openApi('test', list)
  return list.map((endpoint) => ({
    endpoint,
    pattern: new RegExp(`^${`${prefix}${endpoint.path}`.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    document,
    more,
  }))
}

const [forOne, forAll] = ['dashboard', 'installation'].map((access) =>
  consoleEndpoints.filter((endpoint) => endpoint.access === access),
) as [AnyEndpoint[], AnyEndpoint[]] // one a name
const ofTheApi = endpoints.filter((endpoint) => endpoint.access === 'api_key')
const paths: readonly Documented[] = [
  ...documented(endpoints, '', []),
  ...documented(forAll, dashboardPath('installation', ''), [401, 403]),
  ...documented([...ofTheApi, ...forOne], dashboardPath('dashboard', '{environment}'), [401, 403, 404]),
]

/**
 * What is wrong with an answer: an undocumented status, a body that breaks the contract or holds a field the contract
 * does not know, a header SDKs trip over. Empty when all is well.
 */
export function problemsOf(answer: SentAnswer): string[] {
  const path = answer.url.split('?', 1)[0] ?? ''
  // A fixed path such as /organizations/external_id/x comes before one with a parameter in the same place.
  const matches = paths.filter(({ endpoint, pattern }) => endpoint.method === answer.method && pattern.test(path))
  const operation = matches.toSorted((a, b) => b.endpoint.path.length - a.endpoint.path.length)[0]
  return [...headerProblems(answer), ...bodyProblems(answer, operation)].map(
    (problem) => `${answer.method} ${path} → ${answer.status}: ${problem}`,
  )
}

function headerProblems({ url, status, headers, text }: SentAnswer): string[] {
  const problems: string[] = []
  if (!/^[0-9a-f-]{36}$/.test(String(headers['x-request-id']))) problems.push('no X-Request-ID')
  // RFC 7644 §3.11: 501 is what a client gets that asks for what is not offered.
  if (status >= 500 && status !== 501) problems.push(`an error of ours: ${text}`)
  const type = textOf(headers['content-type'])
  if (text === '' && type !== '') problems.push(`an empty body with content type ${type}`)
  const mediaType = url.startsWith('/scim/') ? 'application/scim+json' : 'application/json; charset=utf-8'
  if (/^[[{]/.test(text) && type !== mediaType) problems.push(`JSON sent as '${type}'`)
  return problems
}

function bodyProblems(answer: SentAnswer, operation: Documented | undefined): string[] {
  const { status, text } = answer
  const type = textOf(answer.headers['content-type'])
  if (answer.url.startsWith('/scim/')) return status >= 400 ? scimProblems(status, parse(text)) : []
  // Doors for browsers that are not operations of the API answer with pages.
  if (!operation && type.startsWith('text/html')) return []
  if (!operation) return status >= 400 ? mismatch(ErrorBody, parse(text)) : []
  const { endpoint, document, more } = operation
  if (more.includes(status)) return mismatch(ErrorBody, parse(text))
  const documented = document.paths[endpoint.path]?.[endpoint.method.toLowerCase()]?.responses[String(status)]
  if (!documented) return ['this status is not documented']
  if (documented.content?.['text/html']) return type.startsWith('text/html') ? [] : [`'${type}' where a page belongs`]
  if (status === 204) return text === '' ? [] : ['a body where none belongs']
  if (status === 302) return answer.headers['location'] === undefined ? ['a redirect to nowhere'] : []
  if (status >= 400) {
    return mismatch(errorSchema(JSON.stringify(documented)), parse(text))
  }
  if (status === 202) return text === 'Accepted' ? [] : [`'${text}' instead of Accepted`]
  if ('csv' in endpoint.success) return type === 'text/csv; charset=utf-8' ? [] : [`CSV sent as '${type}'`]
  if (!('body' in endpoint.success)) return text === '' ? [] : ['a body where none belongs']
  const body = parse(text)
  return [...mismatch(endpoint.success.body, body), ...(endpoint === listEvents ? eventProblems(body) : [])]
}

function errorSchema(documented: string): TSchema {
  if (documented.includes('/AuthenticationError"')) return AuthenticationErrorBody
  return documented.includes('/OAuthError"') ? OAuthErrorBody : ErrorBody
}

/** RFC 7644 §3.12: the status is a string, and equal to the real one. */
function scimProblems(status: number, body: unknown): string[] {
  const error = body as { schemas?: unknown; status?: unknown; detail?: unknown } | undefined // compared, not trusted
  const urn = 'urn:ietf:params:scim:api:messages:2.0:Error'
  const isError = JSON.stringify(error?.schemas) === JSON.stringify([urn]) && typeof error?.detail === 'string'
  return isError && error.status === String(status) ? [] : ['not a SCIM error']
}

function eventProblems(page: unknown): string[] {
  const { data } = page as { data: { event: keyof typeof eventPayloads; data: unknown }[] } // checked just before
  return data.flatMap((event) =>
    mismatch(eventPayloads[event.event], event.data).map((problem) => `${event.event} ${problem}`),
  )
}

function textOf(header: unknown): string {
  return typeof header === 'string' ? header : ''
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const validators = new WeakMap<TSchema, Validator>()

function mismatch(schema: TSchema, value: unknown): string[] {
  let validator = validators.get(schema)
  if (!validator) {
    validator = Compile(strict(schema) as TSchema) // still a schema, only stricter
    validators.set(schema, validator)
  }
  return validator.Check(value) ? [] : validator.Errors(value).map((error) => `${error.instancePath} ${error.message}`)
}

/** The same schema without room for fields it does not name, and with times in exactly one form. */
function strict(schema: unknown): unknown {
  if (schema === Timestamp) return { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$` }
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]))
  return 'properties' in copy ? { ...copy, additionalProperties: false } : copy
}
