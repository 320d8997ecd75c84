import { Callout, Code, Flex, Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import { samlGuideFor } from '#contracts/guides/find-guide.ts'
import type { Finding, Side, SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'
import { usePaths } from '../../paths.ts'
import { CopyTextButton } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { RichText } from '../guides/rich-text.tsx'
import { messageFor } from './message.ts'

const sides: Readonly<Record<Side, string>> = {
  connection: 'You, in this connection',
  identity_provider: 'The administrator of the identity provider',
  application: 'The developers of the application',
  person: 'The person who signs in',
}

interface Props {
  readonly finding: Finding
  readonly attempt: Pick<SignInAttemptTrace, 'id' | 'created_at' | 'email'>
  readonly connection: ConfiguredConnection | undefined
}

/** What was wrong, what was expected, who has to change something, and exactly where. */
export function FindingSection({ finding, attempt, connection }: Props) {
  const paths = usePaths()
  const { message, expected, received, side, code, clause } = finding
  const guide = connection && samlGuideFor(connection.connection_type)
  const where = side === 'identity_provider' ? guide?.fixes[code] : undefined
  return (
    <Section
      title="Why it failed"
      actions={
        <CopyTextButton value={messageFor(finding, attempt, guide)} name="message for the IT contact">
          Copy for the IT contact
        </CopyTextButton>
      }
    >
      <Flex direction="column" gap="4">
        <Callout.Root color="red">
          <Callout.Text>{message}</Callout.Text>
        </Callout.Root>
        <dl className="facts">
          {expected.length > 0 && (
            <>
              <dt>Expected</dt>
              <dd>
                <Values values={expected} />
              </dd>
            </>
          )}
          {received.length > 0 && (
            <>
              <dt>Received</dt>
              <dd>
                <Values values={received} />
              </dd>
            </>
          )}
          <dt>Who changes it</dt>
          <dd>{sides[side]}</dd>
          {where !== undefined && guide && (
            <>
              <dt>Where</dt>
              <dd>
                {guide.console.replace(/^the /, '')}: <RichText text={where} />
              </dd>
            </>
          )}
          {side === 'connection' && connection && (
            <>
              <dt>Where</dt>
              <dd>
                <Link to={paths.connection(connection.id)}>Configuration of {connection.name}</Link>
              </dd>
            </>
          )}
          <dt>Code</dt>
          <dd>
            <Code color="gray">{code}</Code>
            {clause !== null && (
              <Text size="1" className="soft">
                {' '}
                {clause}
              </Text>
            )}
          </dd>
        </dl>
      </Flex>
    </Section>
  )
}

function Values({ values }: { readonly values: readonly string[] }) {
  return (
    <Flex direction="column" gap="1" align="start">
      {values.map((value) => (
        <Code key={value} color="gray" className="breaks">
          {value}
        </Code>
      ))}
    </Flex>
  )
}
