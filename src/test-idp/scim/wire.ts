import type { JsonObject } from '#protocols/scim/json.ts'
import { patchOpUrn } from '#protocols/scim/patch-request.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a client asks. The path starts after the endpoint that an administrator pastes. */
export interface Message {
  readonly method: Method
  readonly path: string
  readonly body?: JsonObject
}

/** A message with the headers of its client. The bearer token is not among them: only the transport knows it. */
export interface ScimRequest extends Message {
  readonly headers: Readonly<Record<string, string>>
}

export interface ScimAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Carries one request to the server. Rejects when there is no answer. */
export type Send = (request: ScimRequest) => Promise<ScimAnswer>

/** How a client writes a blank in a query; servers must read both. */
export type Blank = '%20' | '+'

export function pathOf(
  path: string,
  parameters: Readonly<Record<string, string | number>>,
  blank: Blank = '%20',
): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${escape(String(value), blank)}`)
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

export function resourcePath(kind: '/Users' | '/Groups', id: string): string {
  return `${kind}/${escape(id, '%20')}`
}

function escape(text: string, blank: Blank): string {
  // URL parsers escape the apostrophe in a query and nowhere else; done here, what is logged is what is sent.
  return encodeURIComponent(text).replaceAll("'", '%27').replaceAll('%20', blank)
}

/** RFC 7644 §3.4.2.2: a value is a JSON string, whatever quotes it holds. */
export function equal(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`
}

export function patchBody(...operations: readonly JsonObject[]): JsonObject {
  return { schemas: [patchOpUrn], Operations: operations }
}
