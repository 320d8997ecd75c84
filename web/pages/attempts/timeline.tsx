import { Flex, Text } from '@radix-ui/themes'
import type { SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'
import { Snippet } from '../../ui/copy.tsx'
import { CheckIcon, CrossIcon } from '../../ui/icons.tsx'

type Entry = SignInAttemptTrace['timeline'][number]

const words: Readonly<Record<Entry['step'], string>> = {
  started: 'The application asked for a sign-in',
  connection_chosen: 'A connection was chosen',
  request_sent: 'The browser was sent to the identity provider',
  response_received: 'The identity provider answered',
  verified: 'The answer holds',
  refused: 'The answer was refused',
  code_issued: 'The application was given a code',
  code_exchanged: 'The code was exchanged for the profile',
}

/** Step by step, with how long after the first. */
export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  const first = entries[0]
  return (
    <ol className="timeline">
      {entries.map(({ at, step, facts }) => (
        <li key={`${at} ${step}`}>
          <span data-mark={step === 'refused' ? 'failed' : 'done'}>
            {step === 'refused' ? <CrossIcon /> : <CheckIcon />}
          </span>
          <div>
            <Flex justify="between" gap="3" wrap="wrap">
              <Text size="2" weight="medium">
                {words[step]}
              </Text>
              <Text size="1" className="soft numbers">
                <time dateTime={at} title={at}>
                  {first && first.at !== at ? `+${secondsBetween(first.at, at)} s` : new Date(at).toLocaleTimeString()}
                </time>
              </Text>
            </Flex>
            {Object.keys(facts).length > 0 && (
              <details>
                <summary className="small">Facts</summary>
                <Snippet value={JSON.stringify(facts, null, 2)} name={`facts of ${step}`} />
              </details>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}

function secondsBetween(from: string, to: string): string {
  return ((new Date(to).getTime() - new Date(from).getTime()) / 1000).toFixed(1)
}
