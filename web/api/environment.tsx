import { createContext, use, useMemo, type ReactNode } from 'react'
import type { Api } from './call.ts'
import type { Session, SessionEnvironment } from './session.ts'

interface Place {
  readonly session: Session
  readonly environment: SessionEnvironment
  /** Calls the public API as the person who is signed in. */
  readonly api: Api
  /** Why nothing can be changed here, for those who may only look. */
  readonly readOnly: string | undefined
}

const PlaceContext = createContext<Place | undefined>(undefined)

interface Props {
  readonly session: Session
  readonly environment: SessionEnvironment
  readonly children: ReactNode
}

export function EnvironmentProvider({ session, environment, children }: Props) {
  const place = useMemo<Place>(
    () => ({
      session,
      environment,
      api: { baseUrl: `/dashboard/api/${environment.id}`, csrfToken: session.csrf_token },
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
