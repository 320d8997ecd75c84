import { Button, Callout, Flex, Text } from '@radix-ui/themes'
import {
  startTestSsoRun,
  type TestSsoFlow,
  testSsoGuides,
  type TestSsoRun,
  type TestSsoScenario,
} from '#contracts/test-sso.ts'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { RunProgress } from './run-progress.tsx'

interface Props {
  readonly scenario: TestSsoScenario
  readonly flow: TestSsoFlow
  /** The latest of this scenario in this flow. */
  readonly run: TestSsoRun | undefined
  /** Why it cannot be begun here. */
  readonly reason: string | undefined
  /** What decides how it is to end. */
  readonly children?: ReactNode
}

export function ScenarioCard({ scenario, flow, run, reason, children }: Props) {
  const { readOnly } = usePlace()
  const start = useChange(startTestSsoRun)
  const { title, text, atIdp } = testSsoGuides[scenario]
  const begin = () => start.mutate({ body: { scenario, flow } })
  const isOpen = run?.state === 'waiting' || run?.state === 'under_way'
  return (
    <Section title={title} lead={text}>
      <Flex direction="column" gap="3">
        {children}
        {run && (
          <>
            <RunProgress run={run} />
            {isOpen && (
              <Flex direction="column" gap="3">
                <CopyField name="Link" value={run.url} />
                <Text as="p" size="2" className="soft flush">
                  Open it here or in a private window. {atIdp}
                </Text>
              </Flex>
            )}
            <Outcome run={run} />
          </>
        )}
        <Refusal error={start.error} />
        <Flex gap="3" wrap="wrap">
          {isOpen && (
            <Button asChild>
              <a href={run.url} target="_blank" rel="noreferrer">
                Open the sign-in
              </a>
            </Button>
          )}
          <ActionButton
            variant={run ? 'soft' : 'solid'}
            loading={start.isPending}
            reason={reason ?? readOnly}
            onClick={begin}
          >
            {run ? 'Start again' : 'Start'}
          </ActionButton>
        </Flex>
      </Flex>
    </Section>
  )
}

function Outcome({ run }: { readonly run: TestSsoRun }) {
  const paths = usePaths()
  const { state, happened, sign_in_attempt_id: attempt } = run
  const trace = attempt !== null && <Link to={paths.attempt(attempt)}>See how it went</Link>
  return (
    <div aria-live="polite">
      {state === 'passed' && (
        <Callout.Root color="green" size="1">
          <Callout.Text>
            As expected. {happened} {trace}
          </Callout.Text>
        </Callout.Root>
      )}
      {state === 'failed' && (
        <Callout.Root color="red" size="1">
          <Callout.Text>
            Not as expected. {happened} {trace}
          </Callout.Text>
        </Callout.Root>
      )}
      {state === 'under_way' && (
        <Callout.Root color="blue" size="1">
          <Callout.Text>{happened}</Callout.Text>
        </Callout.Root>
      )}
    </div>
  )
}
