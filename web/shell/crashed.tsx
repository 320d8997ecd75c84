import { Button, Callout, Flex } from '@radix-ui/themes'
import { useRouteError } from 'react-router'

/** Each browser has words of its own for it. */
function isNotFetched(error: unknown): boolean {
  return error instanceof TypeError && /module|fetch/i.test(error.message)
}

/** A page that cannot be drawn, or whose code is gone because the server was updated: a reload gets the new one. */
export function Crashed() {
  const error = useRouteError()
  return (
    <Flex direction="column" gap="3" p="5" align="start">
      <Callout.Root color="red" role="alert">
        <Callout.Text>
          {isNotFetched(error)
            ? 'This page could not be fetched: the server does not answer, or it was updated meanwhile. Once it runs, loading the page again is all it needs.'
            : `This page stopped working: ${error instanceof Error ? error.message : String(error)}. Load it again; if that does not help, tell whoever runs this server.`}
        </Callout.Text>
      </Callout.Root>
      <Button onClick={() => location.reload()}>Load again</Button>
    </Flex>
  )
}
