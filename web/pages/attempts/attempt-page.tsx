import { Button } from '@radix-ui/themes'
import { useParams } from 'react-router'
import { type ConfiguredConnection, getConnection } from '#contracts/connections.ts'
import type { ConnectionId, SsoSessionId } from '#contracts/ids.ts'
import { getSignInAttempt, type SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyableId, CopyTextButton } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { StateBadge } from '../../ui/state-badge.tsx'
import { ExactTime } from '../../ui/time.tsx'
import { CheckList } from './check-list.tsx'
import { FindingSection } from './finding-section.tsx'
import { ResponseSection } from './response-section.tsx'
import { Timeline } from './timeline.tsx'
import { traceDocument } from './trace-document.ts'

export function AttemptPage() {
  const { id } = useParams()
  const query = useRead(getSignInAttempt, { params: { id: id as SsoSessionId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="sign-in attempt" within={{ text: 'Organizations', to: paths.organizations }}>
      {(attempt) => <AttemptView attempt={attempt} />}
    </Loaded>
  )
}

function AttemptView({ attempt }: { readonly attempt: SignInAttemptTrace }) {
  const { id, connection_id, email, state, finding, checks, timeline } = attempt
  const paths = usePaths()
  const connection = useConnection(connection_id)
  return (
    <Page
      title={email ?? 'Somebody unknown'}
      within={[
        { text: 'Organizations', to: paths.organizations },
        ...(connection_id === null
          ? []
          : [
              {
                text: connection?.name ?? connection_id,
                to: `${paths.connection(connection_id)}?tab=attempts`,
              },
            ]),
      ]}
      badge={<StateBadge state={state} />}
      lead={
        <>
          Sign-in attempt of <ExactTime value={attempt.created_at} /> · <CopyableId id={id} />
        </>
      }
      actions={
        <>
          <CopyTextButton value={JSON.stringify(attempt, null, 2)} name="trace">
            Copy trace
          </CopyTextButton>
          <Button
            variant="soft"
            color="gray"
            onClick={() => saveFile(`${id}.html`, 'text/html', traceDocument(attempt))}
          >
            Download trace
          </Button>
        </>
      }
    >
      {finding && <FindingSection finding={finding} attempt={attempt} connection={connection} />}
      <Section title="What happened">
        <Timeline entries={timeline} />
      </Section>
      {checks.length > 0 && (
        <Section title="Checks of the response" lead="In the order they run. One that fails ends the sign-in.">
          <CheckList checks={checks} />
        </Section>
      )}
      {attempt.response_kept && <ResponseSection attempt={attempt} />}
      <Section title="Browser">
        <dl className="facts">
          <dt>Address</dt>
          <dd>{attempt.ip_address ?? 'unknown'}</dd>
          <dt>User agent</dt>
          <dd>{attempt.user_agent ?? 'unknown'}</dd>
        </dl>
      </Section>
    </Page>
  )
}

function useConnection(id: ConnectionId | null): ConfiguredConnection | undefined {
  return useRead(getConnection, { params: { id: id ?? 'conn_none' } }, { enabled: id !== null }).data
}
