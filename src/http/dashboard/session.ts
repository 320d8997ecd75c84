import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/console.ts'
import { endDashboardSession } from '#domain/dashboard/sessions.ts'
import { listEnvironments } from '#domain/environments/create.ts'
import { newsPlaces } from '#domain/events/news.ts'
import type { Deps } from '../deps.ts'
import { serveInstallation } from '../serve.ts'
import { clearSessionCookie, csrfTokenFor } from './cookie.ts'

export function sessionRoutes(app: FastifyInstance, deps: Deps): void {
  const { db, baseUrl } = deps
  serveInstallation(
    app,
    deps,
    contract.getDashboardSession,
    async (_input, { token, userId, email, role, isDeveloper }) => {
      const [environments, places] = await Promise.all([listEnvironments(db), newsPlaces(db)])
      return {
        user: { id: userId, email, role },
        csrf_token: csrfTokenFor(token),
        environments: environments.map(({ id, name, kind, client_id }) => ({
          id,
          name,
          kind,
          client_id,
          live_place: places.get(id) ?? '', // made in this moment: its stream starts at the end
        })),
        base_url: baseUrl,
        development: isDeveloper,
      }
    },
  )

  serveInstallation(app, deps, contract.endDashboardSession, async (_input, { token }, reply) => {
    await endDashboardSession(db, token)
    clearSessionCookie(reply, baseUrl)
  })
}
