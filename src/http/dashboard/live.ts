import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { dashboardPath, livePath } from '#contracts/console.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { Busy, NotFound } from '#domain/errors.ts'
import { placeFrom } from '#domain/events/news.ts'
import type { Deps } from '../deps.ts'
import { queryOf } from '../server.ts'
import { LiveFeed, type Place } from './live-feed.ts'
import { requireOwnOrigin } from './origin.ts'
import { identifyVisitor } from './visit.ts'

const lookMs = 400
/** Also how long somebody who signed out can still be watching. */
const heartbeatMs = 5000
const mostWatchers = 200
const mostWatchersOfSession = 8

/**
 * GET /dashboard/api/{environment}/live: what happens, as server-sent events. `log` names an event, `attempt` a sign-in
 * that moved, `scim` that an identity provider asked something; `reset` means that there was more than is worth telling.
 * `?after=` goes on where the session was read, `Last-Event-ID` where a browser was; `ready` says whether it `resumes` there.
 */
export function liveRoutes(app: FastifyInstance, deps: Deps): void {
  const feeds = new Map<EnvironmentId, LiveFeed>()
  const sessions = new Map<string, number>()
  const open = new Set<PassThrough>()
  let looking: NodeJS.Timeout | undefined
  let isClosing = false

  const look = async (): Promise<void> => {
    for (const [environment, feed] of feeds) {
      if (!feed.isWatched) feeds.delete(environment)
      else await feed.look().catch((error: unknown) => app.log.warn({ err: error }, 'could not look at the log'))
    }
    looking = feeds.size > 0 ? setTimeout(() => void look(), lookMs) : undefined
  }

  app.get<{ Params: { dashboard_environment: EnvironmentId } }>(
    `${dashboardPath('dashboard', ':dashboard_environment')}${livePath}`,
    async (request, reply) => {
      requireOwnOrigin(request, deps, { isWrite: false })
      const asked = request.params.dashboard_environment
      const { token, environment } = await identifyVisitor(deps, request, asked)
      if (!environment) throw new NotFound('Environment', asked)
      // Comes again by itself, to whoever is there then; a stream would hold up the end.
      if (isClosing) return reply.type('text/event-stream; charset=utf-8').send(':\n\n')
      const mine = sessions.get(token) ?? 0
      if (open.size >= mostWatchers || mine >= mostWatchersOfSession)
        throw new Busy('Too many pages are watching. Close some.', 'too_many_watchers', 30)

      const stream = new PassThrough()
      open.add(stream)
      sessions.set(token, mine + 1)
      const feed = feeds.get(environment.id) ?? new LiveFeed(deps.db, environment.id)
      feeds.set(environment.id, feed)
      const adding = feed.add(stream, placeOf(request))
      const heartbeat = setInterval(() => {
        identifyVisitor(deps, request, asked).then(
          () => stream.writable && stream.write(':\n\n'),
          () => stream.end(),
        )
      }, heartbeatMs)
      stream.once('close', () => {
        clearInterval(heartbeat)
        open.delete(stream)
        const left = (sessions.get(token) ?? 1) - 1
        if (left === 0) sessions.delete(token)
        else sessions.set(token, left)
        void adding.then((watcher) => feed.remove(watcher)).catch(() => undefined)
      })
      adding.catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined))
      looking ??= setTimeout(() => void look(), lookMs)
      return reply
        .type('text/event-stream; charset=utf-8')
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(stream)
    },
  )

  app.addHook('preClose', async () => {
    isClosing = true
    clearTimeout(looking)
    feeds.clear()
    for (const stream of open) stream.end()
  })
}

/** The header outlives the address, which the browser repeats when it comes back. */
function placeOf(request: FastifyRequest): Place | undefined {
  const seen = request.headers['last-event-id']
  if (typeof seen === 'string') return /^\d{1,15}$/.test(seen) ? { position: Number(seen) } : undefined
  return placeFrom(queryOf(request).get('after') ?? '')
}
