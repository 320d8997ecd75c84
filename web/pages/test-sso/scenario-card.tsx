import { Button, Callout, Flex, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link } from 'react-router'
import type { SignInAttempt } from '#contracts/sign-in-attempts.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Section } from '../../ui/page.tsx'
import { progressOf, type Scenario } from './scenarios.ts'

interface Props {
  readonly scenario: Scenario
  readonly attempts: readonly SignInAttempt[]
  readonly guestsAllowed: boolean
  readonly url: string | undefined
}

export function ScenarioCard({ scenario, attempts, guestsAllowed, url }: Props) {
  const paths = usePaths()
  const [since, setSince] = useState<string>()
  const { done, running, other } = progressOf(scenario, attempts, since, guestsAllowed)
  const link = (attempt: SignInAttempt, text: string) => <Link to={paths.attempt(attempt.id)}>{text}</Link>
  return (
    <Section title={scenario.title} lead={scenario.text}>
      <Flex direction="column" gap="3">
        <ol className="steps">
          {scenario.steps.map((step) => (
            <li key={step}>
              <span>{step}</span>
            </li>
          ))}
        </ol>
        <Text as="p" size="2" className="flush">
          <span className="soft">Expected: </span>
          {scenario.result}
        </Text>
        <div aria-live="polite">
          {done && (
            <Callout.Root color="green" size="1">
              <Callout.Text>
                As expected{done.email !== null && `, for ${done.email}`}. {link(done, 'See how it went')}
              </Callout.Text>
            </Callout.Root>
          )}
          {running && (
            <Callout.Root color="blue" size="1">
              <Callout.Text>Under way: the browser is at the identity provider.</Callout.Text>
            </Callout.Root>
          )}
          {other && (
            <Callout.Root color="amber" size="1">
              <Callout.Text>It ended in another way. {link(other, 'See how it went')}</Callout.Text>
            </Callout.Root>
          )}
          {since !== undefined && !done && !running && !other && (
            <Callout.Root color="gray" size="1">
              <Callout.Text>Waiting for the sign-in to begin.</Callout.Text>
            </Callout.Root>
          )}
        </div>
        <Flex>
          {url === undefined ? (
            <ActionButton reason="The Test Organization has no working connection, or there is no redirect URI.">
              Start
            </ActionButton>
          ) : (
            <Button asChild variant={done ? 'soft' : 'solid'}>
              <a href={url} target="_blank" rel="noreferrer" onClick={() => setSince(new Date().toISOString())}>
                {done ? 'Start again' : 'Start'}
              </a>
            </Button>
          )}
        </Flex>
      </Flex>
    </Section>
  )
}
