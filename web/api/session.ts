import { type DashboardSession, dashboardPath, getDashboardSession } from '#contracts/console.ts'
import { call } from './call.ts'

export type SessionEnvironment = DashboardSession['environments'][number]

/** @throws ApiError 401 when nobody is signed in. */
export function readSession(): Promise<DashboardSession> {
  return call({ baseUrl: dashboardPath('installation', '') }, getDashboardSession, {})
}

/** Brings back to the page that was asked for. */
export function signInUrl(returnTo: string): string {
  return `/dashboard/sign-in?${new URLSearchParams({ return_to: returnTo })}`
}
