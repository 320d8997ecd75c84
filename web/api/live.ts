import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { dashboardPath, livePath } from '#contracts/console.ts'
import { usePlace } from './environment.tsx'
import { follow, type LiveState } from './follow.ts'

/** Keeps what is on the screen true: whatever the server says has changed is read again. */
export function useLive(): LiveState {
  const { environment } = usePlace()
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')
  // What was read of it in an earlier visit may be older than the session; else everything is read after it.
  const [place] = useState(() =>
    client.getQueryCache().findAll({ queryKey: [environment.id] }).length > 0 ? '' : environment.live_place,
  )
  useEffect(() => {
    const url = `${dashboardPath('dashboard', environment.id)}${livePath}?${new URLSearchParams({ after: place })}`
    return follow({ environment: environment.id, client, open: () => new EventSource(url), onState: setState })
  }, [client, environment.id, place])
  return state
}
