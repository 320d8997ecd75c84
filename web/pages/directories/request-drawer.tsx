import { Button, Callout, Dialog, Flex, Heading, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import type { ScimRequestId } from '#contracts/ids.ts'
import { getScimRequest, type ScimRequestDetail } from '#contracts/request-logs.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { Snippet } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { ExactTime } from '../../ui/time.tsx'

interface Props {
  readonly id: string
  readonly onClose: () => void
}

export function RequestDrawer({ id, onClose }: Props) {
  const query = useRead(getScimRequest, { params: { id: id as ScimRequestId } }) // the server judges it
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content className="drawer" aria-describedby={undefined}>
        <Dialog.Title>SCIM request</Dialog.Title>
        <Loaded query={query} noun="request">
          {(request) => <RequestView request={request} />}
        </Loaded>
        <Flex justify="end" mt="5">
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

function RequestView({ request }: { readonly request: ScimRequestDetail }) {
  const paths = usePaths()
  const { method, path, status, reason, hint, request_body, response_body, events } = request
  return (
    <Flex direction="column" gap="4">
      <Flex gap="3" align="center" wrap="wrap">
        <Text size="2" weight="medium" className="breaks">
          {method} {path}
        </Text>
        <StatusBadge status={status} />
        <Text size="1" className="soft">
          <ExactTime value={request.created_at} /> · {request.duration_ms} ms · {request.request_id}
        </Text>
      </Flex>
      {reason !== null && (
        <Callout.Root color="amber" size="1">
          <Callout.Text>
            {reason} {hint}
          </Callout.Text>
        </Callout.Root>
      )}
      <Body title="Request body" text={request_body} />
      <Body title="Response body" text={response_body} />
      <section aria-label="Events">
        <Heading as="h2" size="3" mb="2">
          Events it caused
        </Heading>
        {events.length === 0 ? (
          <Text as="p" size="2" className="soft flush">
            None.
          </Text>
        ) : (
          <ul className="notes">
            {events.map(({ id, event }) => (
              <li key={id}>
                <Link to={paths.event(id)}>{event}</Link>
              </li>
            ))}
          </ul>
        )}
      </section>
    </Flex>
  )
}

function Body({ title, text }: { readonly title: string; readonly text: string | null }) {
  if (text === null || text === '') return undefined
  return (
    <section aria-label={title}>
      <Heading as="h2" size="3" mb="2">
        {title}
      </Heading>
      <Snippet value={indented(text)} name={title.toLowerCase()} />
    </section>
  )
}

/** As JSON over several lines, where it is JSON. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
