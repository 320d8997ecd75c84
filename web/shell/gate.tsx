import { Box, Button, Callout, Flex } from '@radix-ui/themes'
import { useQuery } from '@tanstack/react-query'
import { Navigate, Outlet, useLocation, useParams } from 'react-router'
import type { DashboardSession } from '#contracts/console.ts'
import { ApiError } from '../api/call.ts'
import { EnvironmentProvider } from '../api/environment.tsx'
import { readSession, signInUrl } from '../api/session.ts'
import { wordsOf } from '../ui/refusal.tsx'
import { Waiting } from './waiting.tsx'

/** Nobody comes further without a session, and no page stands outside of an environment. */
export function Gate() {
  const { pathname, search } = useLocation()
  const session = useQuery({
    queryKey: ['session'],
    queryFn: readSession,
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  })
  if (session.data) return <Inside session={session.data} />
  if (session.error instanceof ApiError && session.error.status === 401) {
    location.replace(signInUrl(`/dashboard${pathname}${search}`))
    return undefined
  }
  if (session.error)
    return (
      <Flex direction="column" gap="3" p="6" align="start">
        <Callout.Root color="red" role="alert">
          <Callout.Text>{wordsOf(session.error).text}</Callout.Text>
        </Callout.Root>
        <Button onClick={() => void session.refetch()}>Try again</Button>
      </Flex>
    )
  return <Waiting />
}

function Inside({ session }: { readonly session: DashboardSession }) {
  const { pathname, search } = useLocation()
  const { environment: id } = useParams()
  const environment = session.environments.find((each) => each.id === id)
  if (environment)
    return (
      <EnvironmentProvider session={session} environment={environment} key={environment.id}>
        <Outlet />
      </EnvironmentProvider>
    )
  const first = session.environments[0]
  if (!first)
    return (
      <Box p="6">
        <Callout.Root color="amber" role="alert">
          <Callout.Text>
            There is no environment yet. Make one on the server: <code>gatehouse environments create</code>
          </Callout.Text>
        </Callout.Root>
      </Box>
    )
  // Links of documentation name the page alone, such as /dashboard/redirects.
  const page = id?.startsWith('environment_') ? pathname.replace(/^\/[^/]*/, '') : pathname
  return <Navigate to={`/${first.id}${page === '/' ? '' : page}${search}`} replace />
}
