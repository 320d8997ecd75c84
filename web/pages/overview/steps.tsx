import type { OverviewStep, overviewSteps } from '#contracts/overview.ts'
import type { Paths } from '../../paths.ts'
import { Time } from '../../ui/time.tsx'
import type { ChecklistStep } from './checklist.tsx'

type Seen = Readonly<Record<(typeof overviewSteps)[number], OverviewStep>>

/** The way through the set-up, each step with what shows that it was done. */
export function stepsOf(found: readonly OverviewStep[], paths: Paths): readonly ChecklistStep[] {
  const seen = Object.fromEntries(found.map((each) => [each.step, each])) as Seen // the server answers with all of them
  const { connection_active: connection, directory_linked: directory, log_stream_set: stream } = seen
  const received = [seen.webhook_delivered, seen.events_read].find(({ done }) => done)
  return [
    {
      text: 'Call the API',
      done: seen.api_called.done,
      note: when(
        seen.api_called,
        `called by ${seen.api_called.evidence ?? 'somebody'}`,
        'Copy a key and the client id into your application.',
      ),
      to: paths.apiKeys,
    },
    {
      text: 'Create an organization',
      done: seen.organization_created.done,
      note: seen.organization_created.name ?? 'One for each customer company.',
      to: paths.organizations,
    },
    {
      text: 'Connect its identity provider',
      done: connection.done,
      note: connection.done
        ? `${connection.name} is active`
        : connection.evidence === null
          ? 'Single Sign-On, Configure manually, on the organization’s page.'
          : `${connection.name} is waiting: it becomes active with its first sign-in.`,
      to: connection.evidence === null ? paths.organizations : paths.connection(connection.evidence),
    },
    {
      text: 'Sync its directory',
      done: directory.done,
      note: when(
        directory,
        `${directory.name} asked`,
        directory.evidence === null
          ? 'Directory Sync, Configure manually, on the organization’s page.'
          : `${directory.name} is waiting for its first request.`,
      ),
      to: directory.evidence === null ? paths.organizations : paths.directory(directory.evidence),
    },
    {
      text: 'Set a redirect URI',
      done: seen.redirect_set.done,
      note: seen.redirect_set.name ?? 'Where your application takes people back.',
      to: paths.redirects,
    },
    {
      text: 'Test the sign-in',
      done: seen.signed_in.done,
      note: when(
        seen.signed_in,
        `${seen.signed_in.name ?? 'Somebody'} signed in`,
        'Four scenarios, without a customer’s identity provider.',
      ),
      to: paths.testSso,
    },
    {
      text: 'Receive events',
      done: received !== undefined,
      note: received
        ? when(
            received,
            received.step === 'events_read' ? `read by ${received.evidence ?? 'somebody'}` : 'a webhook took one',
            '',
          )
        : 'Read the Events API, or have events sent to a webhook.',
      to: paths.events,
    },
    {
      text: 'Stream them to Datadog or elsewhere',
      done: stream.done,
      note: stream.name ?? 'For those who keep their logs together.',
      to: stream.evidence === null ? paths.logStreams : paths.logStream(stream.evidence),
    },
  ]
}

function when({ done, at }: OverviewStep, words: string, otherwise: string) {
  if (!done) return otherwise
  return (
    <>
      {words} {at !== null && <Time value={at} />}
    </>
  )
}
