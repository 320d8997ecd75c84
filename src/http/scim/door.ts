import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ScimDirectory } from '#domain/directories/scim-directory.ts'
import type { Deps } from '../deps.ts'
import type { Kind } from './kinds.ts'

export type ScimRequest = FastifyRequest<{ Params: { key: string; id?: string } }>

/** Who calls, and where its resources are. */
export interface Door {
  readonly directory: ScimDirectory
  readonly endpoint: string
}

export type ScimHandler = (request: ScimRequest, reply: FastifyReply, door: Door) => Promise<FastifyReply>

/** Adds a route for callers with a directory's token. */
export type Route = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, handler: ScimHandler) => void

export type ScimDeps = Deps

export function locationOf({ endpoint }: Door, { type }: Kind, id: string): string {
  return `${endpoint}${type.endpoint}/${id}`
}
