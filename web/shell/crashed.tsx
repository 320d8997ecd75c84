import { Button, Callout, Flex } from '@radix-ui/themes'
import { useRouteError } from 'react-router'

/** A page that cannot be drawn, or whose code is gone because the server was updated: a reload gets the new one. */
export function Crashed() {
  const error = useRouteError()
  return (
    <Flex direction="column" gap="3" p="5" align="start">
      <Callout.Root color="red" role="alert">
        <Callout.Text>
          This page stopped working: {error instanceof Error ? error.message : String(error)}. If the server was updated
          meanwhile, loading it again is all it needs.
        </Callout.Text>
      </Callout.Root>
      <Button onClick={() => location.reload()}>Load again</Button>
    </Flex>
  )
}
