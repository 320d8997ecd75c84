import { Flex, Text } from '@radix-ui/themes'
import type { TestSsoRun, TestSsoStep } from '#contracts/test-sso.ts'
import { CheckIcon, CrossIcon, WaitIcon } from '../../ui/icons.tsx'
import { Time } from '../../ui/time.tsx'

const words: Readonly<Record<TestSsoStep, readonly [waiting: string, done: string]>> = {
  request_seen: ['The request of your application', 'The request came'],
  response_received: ['The response of the identity provider', 'The identity provider answered'],
  code_exchanged: ['The exchange of the code', 'The code was exchanged'],
}

/** What has been seen of a run so far; each line ticks by itself. */
export function RunProgress({ run }: { readonly run: TestSsoRun }) {
  const isOver = run.state === 'passed' || run.state === 'failed'
  return (
    <>
      <Text as="p" size="2" className="flush">
        <span className="soft">Expected: </span>
        {run.expected}
      </Text>
      <ol className="progress" aria-live="polite" aria-label="Progress">
        {run.steps.map(({ step, at }) => {
          const [waiting, done] = words[step]
          const mark = at !== null ? 'done' : isOver ? 'failed' : 'waiting'
          return (
            <li key={step}>
              <Flex gap="2" align="center">
                <span data-mark={mark}>
                  {mark === 'done' ? <CheckIcon /> : mark === 'failed' ? <CrossIcon /> : <WaitIcon />}
                </span>
                <Text size="2">
                  {at === null ? (
                    `${waiting}: ${isOver ? 'did not come' : 'waiting'}`
                  ) : (
                    <>
                      {done} <Time value={at} />
                    </>
                  )}
                </Text>
              </Flex>
            </li>
          )
        })}
      </ol>
    </>
  )
}
