import type { Database } from '#db/database.ts'
import { refreshMetadata } from '#domain/connections/refresh-metadata.ts'
import type { FetchText } from '#domain/connections/idp-settings.ts'
import { settlePeople } from '#domain/directories/settle.ts'
import { keepLatestRequests } from '#domain/request-logs/keep-latest.ts'
import { stampEventsIfFree } from '#domain/events/stamp.ts'
import type { LogStreamWorker } from '#domain/log-streams/deliver.ts'
import { recoverAlerts } from '#domain/alerts/evaluate.ts'
import { countAll, type FollowDeps } from '#domain/insights/follow.ts'
import { type MailDeps, sendDueMail } from '#domain/mail/send.ts'
import type { InvitationKeys } from '#domain/invitations/present.ts'
import { expireClaims } from '#domain/organizations/expire-claims.ts'
import { provisionDirectories } from '#domain/provisioning/follow.ts'
import type { WebhookWorker } from '#domain/webhooks/deliver.ts'
import { fanOut } from '#domain/webhooks/fan-out.ts'
import { timeOutLogins } from '#domain/sso/time-out.ts'
import { analyzeGrown } from './analyze.ts'
import { pruneExpired, pruneOldEvents } from './prune.ts'
import type { Task } from './runner.ts'

export interface JobDeps extends FollowDeps, MailDeps, InvitationKeys {
  readonly webhooks: WebhookWorker
  readonly logStreams: LogStreamWorker
  readonly db: Database
  readonly fetchText: FetchText
  /** Writes collected "last used" marks of API keys and directory tokens. */
  readonly flushUses: () => Promise<void>
  /** Writes collected requests. */
  readonly flushLogs: () => Promise<void>
  readonly eventsRetentionDays: number | undefined
}

export const stampTask = 'stamp-events'
export const deliverTask = 'deliver-webhooks'
export const streamTask = 'send-log-streams'
const fanOutTask = 'fan-out-webhooks'
const countTask = 'count-insights'
const provisionTask = 'provision-directories'

const second = 1000
const minute = 60 * second

/** Puts committed events in the order of the log. */
export function stamping(db: Database, onNews: () => void): Task {
  return {
    name: stampTask,
    everyMs: 500,
    // Whoever reads the log stamps it first, so the rest delays nobody's view; it makes one commit do for many.
    restMs: 25,
    run: async () => {
      if (await stampEventsIfFree(db)) onNews()
    },
  }
}

/** An alert recovers when the log says nothing more: it is read first. */
async function countAndAlert(deps: JobDeps, signal: AbortSignal): Promise<void> {
  await countAll(deps, signal)
  await recoverAlerts(deps, signal)
}

/** What a process that answers requests has to do besides, when others do the rest. */
export function apiTasks({ flushUses, flushLogs }: Pick<JobDeps, 'flushUses' | 'flushLogs'>): Task[] {
  return [
    { name: 'last-used', everyMs: 5 * second, run: () => flushUses() },
    { name: 'request-logs', everyMs: second, run: () => flushLogs() },
  ]
}

/** Everything the server does without being asked. Several processes may run all of it at once. */
export function backgroundTasks(deps: JobDeps, wake: (task: string) => void): Task[] {
  return [
    stamping(deps.db, () => {
      wake(fanOutTask)
      wake(streamTask)
      wake(provisionTask)
      wake(countTask)
    }),
    {
      name: fanOutTask,
      everyMs: 500,
      run: async (signal) => {
        if ((await fanOut(deps.db, deps.clock(), signal)) > 0) wake(deliverTask)
      },
    },
    {
      name: deliverTask,
      everyMs: 250,
      run: async (signal) => {
        while (!signal.aborted && (await deps.webhooks.startDue()) > 0);
      },
    },
    {
      name: streamTask,
      everyMs: 500,
      run: async (signal) => {
        while (!signal.aborted && (await deps.logStreams.startDue()) > 0);
      },
    },
    {
      name: 'send-mail',
      everyMs: 500,
      run: async (signal) => {
        while (!signal.aborted && (await sendDueMail(deps)) > 0);
      },
    },
    // Readers count what is new first: the rest makes one transaction do for many events.
    { name: countTask, everyMs: second, restMs: 250, run: (signal) => countAndAlert(deps, signal) },
    ...apiTasks(deps),
    { name: provisionTask, everyMs: second, run: (signal) => provisionDirectories(deps, signal) },
    { name: 'analyze-grown-tables', everyMs: 5 * second, run: async () => void (await analyzeGrown(deps.db)) },
    { name: 'time-out-logins', everyMs: 15 * second, run: (signal) => timeOutLogins(deps, signal) },
    { name: 'settle-people', everyMs: minute, run: (signal) => settlePeople(deps, undefined, signal) },
    { name: 'expire-domain-claims', everyMs: 10 * minute, run: (signal) => expireClaims(deps, signal) },
    { name: 'refresh-metadata', everyMs: 10 * minute, run: (signal) => refreshMetadata(deps, signal) },
    { name: 'prune', everyMs: 10 * minute, run: (signal) => pruneExpired(deps.db, deps.clock(), signal) },
    { name: 'prune-request-logs', everyMs: 10 * minute, run: (signal) => keepLatestRequests(deps.db, signal) },
    { name: 'prune-events', everyMs: 10 * minute, run: (signal) => pruneOldEvents(deps, signal) },
  ]
}
