import type { Page } from '#contracts/list.ts'
import type { Event } from '#contracts/events.ts'
import { eventPayloads } from '#contracts/events.ts'
import type { TestEnvironment } from './server.ts'

/** The log of an environment as its customers read it: up to 100 events, oldest first. */
export async function readLog(api: TestEnvironment['api']): Promise<Event[]> {
  const names = Object.keys(eventPayloads).join(',')
  return (await api<Page<Event>>('GET', `/events?limit=100&events=${names}`)).body.data
}
