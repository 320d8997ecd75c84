import type { App, Outcome } from './app.ts'
import { sampleEmployees } from './sample-directory.ts'

/** What programs see of an app; the token is not part of it. */
export function presentApp(app: App) {
  const { id, name, as, endpoint } = app.settings
  return {
    id,
    name,
    as,
    endpoint,
    last_action: app.outcome ? presentOutcome(app.outcome) : null,
    users: sampleEmployees.map((sample) => ({
      id: sample.id,
      email: sample.email,
      title: app.employee(sample.id)?.title ?? null,
      state: app.standing(sample.id),
      server_id: app.serverIdOf(sample.id) ?? null,
    })),
    groups: app.teams.map((team) => ({
      id: team.id,
      name: team.name,
      members: team.members,
      server_id: app.pushedTeam(team.id)?.id ?? null,
    })),
    log: app.log.map(({ at, action, method, path, request, status, answer }) => ({
      at: at.toISOString(),
      action,
      method,
      path,
      request,
      status: status ?? null,
      answer,
    })),
  }
}

export function presentOutcome({ action, passed, requests, faults }: Outcome) {
  return { action, passed, requests, faults }
}
