import { createContext, use, useMemo, type ReactNode } from 'react'
import { type DashboardSession, dashboardPath } from '#contracts/console.ts'
import type { AnyEndpoint } from '#contracts/endpoint.ts'
import type { Api } from './call.ts'
import type { SessionEnvironment } from './session.ts'

interface Place {
  readonly session: DashboardSession
  readonly environment: SessionEnvironment
  /** Where an operation is called as the person who is signed in. */
  readonly apiOf: (endpoint: AnyEndpoint) => Api
  /** Why nothing can be changed here, for those who may only look. */
  readonly readOnly: string | undefined
}

const PlaceContext = createContext<Place | undefined>(undefined)

interface Props {
  readonly session: DashboardSession
  readonly environment: SessionEnvironment
  readonly children: ReactNode
}

export function EnvironmentProvider({ session, environment, children }: Props) {
  const place = useMemo<Place>(
    () => ({
      session,
      environment,
      apiOf: ({ access }) => ({ baseUrl: dashboardPath(access, environment.id), csrfToken: session.csrf_token }),
      readOnly: session.user.role === 'viewer' ? 'You may look, not change: your role is viewer.' : undefined,
    }),
    [session, environment],
  )
  return <PlaceContext value={place}>{children}</PlaceContext>
}

/** Where the page is: below an environment, always. */
export function usePlace(): Place {
  const place = use(PlaceContext)
  if (!place) throw new Error('This page stands outside of an environment.')
  return place
}
