import { Theme } from '@radix-ui/themes'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from 'react-router/dom'
import { ApiError } from './api/call.ts'
import { router } from './router.tsx'
import { SessionExpired, sessionEnded } from './shell/session-expired.tsx'
import { useAppearance } from './shell/appearance.ts'
import { Toasts } from './ui/toasts.tsx'

function noticeEnd(error: Error): void {
  if (error instanceof ApiError && error.status === 401) sessionEnded()
}

/** Trying again helps against a server that restarts, not against one that said no. */
function isWorthAnother(failures: number, error: Error): boolean {
  return failures < 2 && (!(error instanceof ApiError) || error.status >= 500)
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: { queries: { staleTime: 5_000, retry: isWorthAnother } },
})

export function App() {
  const { shown } = useAppearance()
  return (
    <QueryClientProvider client={client}>
      <Theme
        accentColor="iris"
        grayColor="slate"
        radius="medium"
        scaling="95%"
        panelBackground="solid"
        appearance={shown}
      >
        <RouterProvider router={router} />
        <SessionExpired />
        <Toasts />
      </Theme>
    </QueryClientProvider>
  )
}
