import { Box, Button, Dialog, Flex, Tabs } from '@radix-ui/themes'
import { usePlace } from '../api/environment.tsx'
import { Snippet } from './copy.tsx'
import { JsonView } from './json-view.tsx'

interface Props {
  readonly value: unknown
  /** Of the API, such as `/organizations/org_1`. */
  readonly path: string
  /** The same in the SDK. */
  readonly sdk?: string
  readonly onClose: () => void
}

/** What the API answers for an object, and how to ask for it oneself. */
export function ObjectDialog({ value, path, sdk, onClose }: Props) {
  const { session } = usePlace()
  const curl = `curl -H "Authorization: Bearer $WORKOS_API_KEY" '${session.base_url}${path}'`
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content maxWidth="760px" aria-describedby={undefined}>
        <Dialog.Title>What the API answers</Dialog.Title>
        <Tabs.Root defaultValue="json">
          <Tabs.List>
            <Tabs.Trigger value="json">JSON</Tabs.Trigger>
            <Tabs.Trigger value="curl">curl</Tabs.Trigger>
            {sdk !== undefined && <Tabs.Trigger value="sdk">Node SDK</Tabs.Trigger>}
          </Tabs.List>
          <Box pt="3">
            <Tabs.Content value="json">
              <JsonView value={value} />
            </Tabs.Content>
            <Tabs.Content value="curl">
              <Snippet value={curl} name="curl command" />
            </Tabs.Content>
            {sdk !== undefined && (
              <Tabs.Content value="sdk">
                <Snippet value={`await ${sdk}`} name="SDK call" />
              </Tabs.Content>
            )}
          </Box>
        </Tabs.Root>
        <Flex justify="end" mt="4">
          <Dialog.Close>
            <Button variant="soft" color="gray">
              Close
            </Button>
          </Dialog.Close>
        </Flex>
      </Dialog.Content>
    </Dialog.Root>
  )
}
