import type { FastifyReply, FastifyRequest } from 'fastify'
import { csrfHeader, getDashboardSession } from '#contracts/console.ts'
import type { AnyEndpoint } from '#contracts/endpoint.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { concludeDeed, recordDeed } from '#domain/dashboard/audit.ts'
import { type DashboardSession, openDashboardSession, startDeveloperSession } from '#domain/dashboard/sessions.ts'
import { Forbidden, NotFound, Unauthorized } from '#domain/errors.ts'
import { clientOf } from '../sso/browser.ts'
import { isCsrfToken, sessionTokenOf, setSessionCookie } from './cookie.ts'
import { isFromThisMachine, type OriginRules, requireOwnOrigin } from './origin.ts'

export interface DashboardDeps extends OriginRules {
  readonly db: Database
  readonly clock: () => Date
}

/** Somebody signed in to the dashboard; `token` is what their cookie holds. */
export interface Visitor extends DashboardSession {
  readonly token: string
}

/** A request of the dashboard that may go ahead. */
export interface Visit {
  readonly visitor: Visitor
  /** Tells the audit trail how it ended. */
  conclude(status: number, result?: unknown): Promise<void>
}

/**
 * Lets a dashboard user call an operation, or says why not. Whatever is not a GET is a write: it needs the CSRF token
 * and a role that may write, and is in the audit trail before it begins if it changes anything.
 * @throws Unauthorized, Forbidden, NotFound for an environment that does not exist.
 */
export async function enter(
  deps: DashboardDeps,
  endpoint: AnyEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visit> {
  const isWrite = endpoint.method !== 'GET'
  requireOwnOrigin(request, deps, { isWrite })
  const asked = (request.params as { dashboard_environment?: EnvironmentId }).dashboard_environment // named by the route
  const visitor =
    endpoint === getDashboardSession
      ? await identifyOrWelcome(deps, request, reply)
      : await identifyVisitor(deps, request, asked)
  if (isWrite) requireCsrfToken(request, visitor)
  requireRole(visitor, endpoint, isWrite)
  if (asked !== undefined && !visitor.environment) throw new NotFound('Environment', asked)
  if (!isWrite || endpoint.changesNothing) return { visitor, conclude: async () => undefined }

  const { db, clock } = deps
  const entry = await recordDeed(
    db,
    {
      environment: visitor.environment?.id,
      user: { id: visitor.userId, email: visitor.email },
      operation: endpoint.operationId,
      path: request.url.split('?', 1)[0] ?? '',
      target: targetOf(endpoint, request),
      requestId: request.id,
      ipAddress: request.ip,
    },
    clock(),
  )
  return { visitor, conclude: (status, result) => concludeDeed(db, entry, status, idOf(result)) }
}

/** @throws Unauthorized without a session that still works. */
export async function identifyVisitor(
  deps: DashboardDeps,
  request: FastifyRequest,
  environment: EnvironmentId | undefined,
): Promise<Visitor> {
  const visitor = await findVisitor(deps, sessionTokenOf(request, deps.baseUrl), environment)
  if (!visitor) throw new Unauthorized('Sign in to the dashboard.', 'dashboard_session_required')
  return visitor
}

/** Whoever opens the dashboard in development, on their own machine, is in. */
async function identifyOrWelcome(deps: DashboardDeps, request: FastifyRequest, reply: FastifyReply): Promise<Visitor> {
  const known = await findVisitor(deps, sessionTokenOf(request, deps.baseUrl), undefined)
  if (known) return known
  if (!isFromThisMachine(request, deps)) return identifyVisitor(deps, request, undefined)
  const token = await startDeveloperSession(deps.db, clientOf(request), deps.clock())
  const developer = await findVisitor(deps, token, undefined)
  if (!developer) throw new Error('The session that was just made does not open.')
  setSessionCookie(reply, deps.baseUrl, token)
  return developer
}

async function findVisitor(
  { db, clock, development }: DashboardDeps,
  token: string | undefined,
  environment: EnvironmentId | undefined,
): Promise<Visitor | undefined> {
  const session = token === undefined ? undefined : await openDashboardSession(db, token, environment, clock())
  // A developer's session in a database that now serves others opens nothing.
  if (token === undefined || !session || (session.isDeveloper && !development)) return undefined
  return { ...session, token }
}

/** @throws Forbidden `csrf_token_invalid` */
function requireCsrfToken(request: FastifyRequest, { token }: Visitor): void {
  if (isCsrfToken(request.headers[csrfHeader], token)) return
  throw new Forbidden(`The header ${csrfHeader} does not belong to this session.`, 'csrf_token_invalid')
}

function requireRole({ role }: Visitor, endpoint: AnyEndpoint, isWrite: boolean): void {
  if (isWrite && role === 'viewer' && !endpoint.forViewers)
    throw new Forbidden('Viewers can look, and change nothing.', 'role_not_sufficient')
  if (endpoint.ownersOnly && role !== 'owner') throw new Forbidden('This is for owners.', 'role_not_sufficient')
}

/** The object a path is about: the last of its parameters. */
function targetOf(endpoint: AnyEndpoint, request: FastifyRequest): string | undefined {
  const name = [...endpoint.path.matchAll(/\{(\w+)\}/g)].at(-1)?.[1]
  return name === undefined ? undefined : (request.params as Record<string, string>)[name] // the route has that parameter
}

function idOf(result: unknown): string | undefined {
  const isObject = typeof result === 'object' && result !== null && 'id' in result
  return isObject && typeof result.id === 'string' ? result.id : undefined
}
