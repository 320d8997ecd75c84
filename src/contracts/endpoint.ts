import type { Static, TSchema } from 'typebox'

/**
 * Who may call: an API key of the environment, a bearer token of the endpoint's own kind, or anyone. What API keys may
 * call, dashboard users may too. The last two are theirs alone: for one environment, or for the whole installation.
 */
export type Access = 'api_key' | 'access_token' | 'public' | 'dashboard' | 'installation'

/** What dashboard users may do: viewers read and see no secrets, admins change things, owners also decide who may. */
export const dashboardRoles = ['owner', 'admin', 'viewer'] as const
export type DashboardRole = (typeof dashboardRoles)[number]

/**
 * What a success looks like on the wire. 202 is the vendor's `text/plain` with the word Accepted; `empty` is its 200
 * without a body or a content type; `csv` is a table as text.
 */
export type Success =
  | { readonly status: 200 | 201; readonly body: TSchema }
  | { readonly status: 200; readonly empty: true }
  | { readonly status: 200; readonly csv: true }
  | { readonly status: 204 | 202 }

/** One operation of the public surface, said once: the route, the validation, the OpenAPI and the clients read it. */
export interface Endpoint<Params extends TSchema, Query extends TSchema, Body extends TSchema, Out> {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with `{name}` segments, as OpenAPI spells it. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly access: Access
  /** True for operations the vendor has no counterpart for. */
  readonly extension?: boolean
  /** Fields of the answer, at any depth, that hold secrets: viewers of the dashboard get them empty. */
  readonly secretFields?: readonly string[]
  /** True for what only looks and is no GET for want of room: the audit trail leaves it out. */
  readonly changesNothing?: boolean
  /** True for a change that viewers may make, because it is about nobody but themselves. */
  readonly forViewers?: boolean
  /** True for what only owners may do in the dashboard. */
  readonly ownersOnly?: boolean
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly success: Success
  /** Codes of the errors a caller may meet, by status. */
  readonly errors?: Readonly<Record<number, readonly string[]>>
  /** Type only: never set. */
  readonly out?: Out
}

export type AnyEndpoint = Endpoint<TSchema, TSchema, TSchema, unknown>

type StaticOf<S> = S extends TSchema ? Static<S> : undefined

/** What a handler receives, checked and typed. */
export interface Input<E> {
  readonly params: E extends Endpoint<infer P, TSchema, TSchema, unknown> ? StaticOf<P> : never
  readonly query: E extends Endpoint<TSchema, infer Q, TSchema, unknown> ? StaticOf<Q> : never
  readonly body: E extends Endpoint<TSchema, TSchema, infer B, unknown> ? StaticOf<B> : never
}

export type Output<E> = E extends Endpoint<TSchema, TSchema, TSchema, infer Out> ? Out : never

type Definition<P extends TSchema, Q extends TSchema, B extends TSchema, S extends Success> = Omit<
  Endpoint<P, Q, B, unknown>,
  'success' | 'out'
> & { readonly success: S }

/** Declares an operation and keeps the types of its parts. */
export function endpoint<P extends TSchema, Q extends TSchema, B extends TSchema, const S extends Success>(
  definition: Definition<P, Q, B, S>,
): Endpoint<
  P,
  Q,
  B,
  S extends { body: infer R extends TSchema } ? Static<R> : S extends { csv: true } ? string : void
> {
  return definition
}
