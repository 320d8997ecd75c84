import { Callout, Flex } from '@radix-ui/themes'
import { Link } from 'react-router'
import type { LogStreamStatus } from '#contracts/log-streams.ts'
import { usePaths } from '../../paths.ts'
import { Time } from '../../ui/time.tsx'

export function StreamStatus({ status }: { readonly status: LogStreamStatus }) {
  const paths = usePaths()
  const { last_error, last_event_id, last_success_at, next_attempt_at, lag, counters, state } = status
  return (
    <Flex direction="column" gap="4">
      {last_error && state === 'failing' && (
        <Callout.Root color="red" size="1" role="alert">
          <Callout.Text>
            {last_error.message} <Time value={last_error.at} />
            {next_attempt_at !== null && (
              <>
                ; tried again <Time value={next_attempt_at} />
              </>
            )}
            . Nothing is lost meanwhile.
          </Callout.Text>
        </Callout.Root>
      )}
      <dl className="facts">
        <dt>Waiting</dt>
        <dd>
          {lag.events} events{lag.events > 0 && `, the oldest for ${lag.seconds} seconds`}
        </dd>
        <dt>Sent</dt>
        <dd>
          {counters.events} events in {counters.batches} batches, {counters.failures} failures
        </dd>
        <dt>Last success</dt>
        <dd>{last_success_at === null ? 'none yet' : <Time value={last_success_at} />}</dd>
        <dt>Last event</dt>
        <dd>{last_event_id === null ? 'none yet' : <Link to={paths.event(last_event_id)}>{last_event_id}</Link>}</dd>
      </dl>
    </Flex>
  )
}
