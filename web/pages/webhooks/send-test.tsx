import { Callout, Flex, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { eventPayloads } from '#contracts/events.ts'
import { testWebhookEndpoint, type WebhookEndpoint, type WebhookTest } from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ChoiceInput } from '../../ui/fields.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { DeliveryHeaders } from './delivery-headers.tsx'

/** Sends a sample of one of its events and shows what the receiver said. */
export function SendTest({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { readOnly } = usePlace()
  const test = useChange(testWebhookEndpoint)
  const samples = endpoint.events.filter((name) => Object.hasOwn(eventPayloads, name))
  const [wanted, setWanted] = useState('')
  const event = samples.includes(wanted) ? wanted : samples[0]
  return (
    <Section title="Test" lead="Sends one signed sample of an event. It is marked, about nobody, and in no log.">
      {event === undefined ? (
        <Text as="p" size="2" className="soft flush">
          Nothing this endpoint takes happens on this server.
        </Text>
      ) : (
        <Flex direction="column" gap="3">
          <Flex gap="3" align="end" wrap="wrap">
            <div className="test-choice">
              <ChoiceInput
                label="Event"
                value={event}
                options={samples.map((name) => [name, name] as const)}
                onChange={setWanted}
              />
            </div>
            <ActionButton
              variant="soft"
              reason={readOnly}
              loading={test.isPending}
              onClick={() => test.mutate({ params: { id: endpoint.id }, body: { event } })}
            >
              Send test event
            </ActionButton>
          </Flex>
          {test.data && !test.isPending && <TestAnswer answer={test.data} />}
          <Refusal error={test.error} />
        </Flex>
      )}
    </Section>
  )
}

function TestAnswer({ answer }: { readonly answer: WebhookTest }) {
  const { delivered, status, error, response, duration_ms: ms, event } = answer
  return (
    <Flex direction="column" gap="2">
      <Callout.Root color={delivered ? 'green' : 'red'} size="1" role="status">
        <Callout.Text>
          {status === null ? `${event}: no answer after ${ms} ms (${error})` : `${event}: ${status} after ${ms} ms`}
        </Callout.Text>
      </Callout.Root>
      {response !== null && response !== '' && (
        <pre className="answer wide" aria-label="The receiver’s answer">
          {response}
        </pre>
      )}
      <details>
        <summary className="small">headers</summary>
        <DeliveryHeaders request={answer.request_headers} response={answer.response_headers} />
      </details>
    </Flex>
  )
}
