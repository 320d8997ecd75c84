import { request as send } from 'node:http'
import type { DashboardSession } from '#contracts/console.ts'
import type { DashboardRole } from '#contracts/endpoint.ts'
import type { ErrorBody } from '#contracts/errors.ts'
import type { DashboardUserId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { startDashboardSession } from '#domain/dashboard/sessions.ts'
import type { TestServer } from './server.ts'

export interface BrowserRequest {
  readonly body?: unknown
  /** Instead of, and besides, what the browser would send; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
}

export interface BrowserAnswer<T> {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
  readonly body: T
}

/** Somebody who has the dashboard open. */
export interface DashboardTester {
  readonly id: DashboardUserId
  readonly email: string
  readonly cookie: string
  readonly csrf: string
  /** Asks as a page of the dashboard would: cookie, CSRF token, Origin and Fetch Metadata. */
  ask<T = ErrorBody>(method: string, path: string, request?: BrowserRequest): Promise<BrowserAnswer<T>>
}

/** Asks with exactly these headers: `fetch` would not let tests choose Host, Origin or Sec-Fetch-Site. */
export function askWith<T = ErrorBody>(
  server: TestServer,
  method: string,
  path: string,
  { body, headers = {} }: BrowserRequest = {},
): Promise<BrowserAnswer<T>> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const given = Object.entries({
    ...(payload !== undefined && {
      'content-type': 'application/json',
      // Node sends a DELETE's body unframed otherwise.
      'content-length': String(Buffer.byteLength(payload)),
    }),
    ...headers,
  })
  return new Promise((resolve, reject) => {
    const request = send(server.url + path, {
      method,
      headers: Object.fromEntries(given.filter((pair): pair is [string, string] => pair[1] !== null)),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json')
        // The caller names the type; the contract check of the test server makes sure that the answer has its shape.
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: (isJson ? JSON.parse(text) : undefined) as T,
        })
      })
    })
    request.end(payload)
  })
}

/** Makes a dashboard user and signs them in. */
export async function openDashboard(server: TestServer, role: DashboardRole = 'admin'): Promise<DashboardTester> {
  const now = server.clock.read()
  const id = newId('dashboardUser', now)
  const email = `${id}@gatehouse.test`
  const { db } = server.deps
  await db.kysely.insertInto('dashboard_users').values({ id, email, role, created_at: now, updated_at: now }).execute()
  const token = await startDashboardSession(db, id, { ipAddress: null, userAgent: null }, now)
  const { baseUrl } = server.deps
  const name = baseUrl.startsWith('https:') ? '__Host-gatehouse_dashboard' : 'gatehouse_dashboard_80'
  const cookie = `${name}=${token}`
  const ask: DashboardTester['ask'] = (method, path, { body, headers } = {}) =>
    askWith(server, method, path, {
      body,
      headers: {
        cookie,
        origin: baseUrl,
        'sec-fetch-site': 'same-origin',
        'x-gatehouse-csrf': csrf,
        ...headers,
      },
    })
  let csrf = ''
  const session = await ask<DashboardSession>('GET', '/dashboard/api/session')
  csrf = session.body.csrf_token
  return { id, email, cookie, csrf, ask }
}
