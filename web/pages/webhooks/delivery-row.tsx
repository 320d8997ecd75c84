import { Badge, Table, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import { retryWebhookDelivery, type WebhookDelivery } from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { sayRefusal } from '../../ui/refusal.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { AttemptList } from './attempt-list.tsx'
import { DeliveryHeaders } from './delivery-headers.tsx'

export function DeliveryRow({ delivery }: { readonly delivery: WebhookDelivery }) {
  const { readOnly } = usePlace()
  const paths = usePaths()
  const retry = useChange(retryWebhookDelivery)
  const {
    id,
    event,
    event_id,
    test: isTest,
    state,
    attempts,
    next_attempt_at,
    last_status,
    last_error,
    last_response,
  } = delivery
  return (
    <Table.Row>
      <Table.RowHeaderCell>
        {isTest ? (
          <>
            {event}{' '}
            <Badge color="gray" size="1">
              test
            </Badge>
          </>
        ) : (
          <Link to={paths.event(event_id)}>{event}</Link>
        )}
        <Text as="div" size="1" className="soft">
          <Time value={delivery.created_at} />
        </Text>
      </Table.RowHeaderCell>
      <Table.Cell>
        <StateBadge state={state} />
      </Table.Cell>
      <Table.Cell className="breaks">
        {last_status ?? last_error ?? 'none yet'}
        {last_response !== null && last_response !== '' && (
          <details>
            <summary className="small">body</summary>
            <pre className="answer">{last_response}</pre>
          </details>
        )}
        {delivery.last_request_headers !== null && (
          <details>
            <summary className="small">headers</summary>
            <DeliveryHeaders request={delivery.last_request_headers} response={delivery.last_response_headers} />
          </details>
        )}
      </Table.Cell>
      <Table.Cell>
        {attempts}
        {state === 'pending' && next_attempt_at !== null && (
          <Text as="div" size="1" className="soft">
            next <Time value={next_attempt_at} />
          </Text>
        )}
        {delivery.recent_attempts.length > 1 && <AttemptList attempts={delivery.recent_attempts} />}
      </Table.Cell>
      <Table.Cell align="right" className="one-line">
        <ActionButton
          size="1"
          variant="soft"
          reason={readOnly ?? (isTest ? 'This was a test. Send another instead.' : undefined)}
          loading={retry.isPending}
          onClick={() => retry.mutate({ params: { id } }, { onError: sayRefusal })}
        >
          Retry now
        </ActionButton>
      </Table.Cell>
    </Table.Row>
  )
}
