import { Text } from '@radix-ui/themes'
import type { AttemptCheck } from '#contracts/sign-in-attempts.ts'
import { CheckIcon, CrossIcon, WaitIcon } from '../../ui/icons.tsx'

const marks = {
  passed: ['done', <CheckIcon key="passed" />, 'passed'],
  failed: ['failed', <CrossIcon key="failed" />, 'failed'],
  not_reached: ['waiting', <WaitIcon key="waiting" />, 'not reached'],
} as const

export function CheckList({ checks }: { readonly checks: readonly AttemptCheck[] }) {
  const reached = checks.filter(({ outcome }) => outcome !== 'not_reached')
  const rest = checks.filter(({ outcome }) => outcome === 'not_reached')
  return (
    <>
      <Checks checks={reached} />
      {rest.length > 0 && (
        <details>
          <summary className="small">{rest.length} checks were not reached</summary>
          <Checks checks={rest} />
        </details>
      )}
    </>
  )
}

function Checks({ checks }: { readonly checks: readonly AttemptCheck[] }) {
  return (
    <ol className="checks">
      {checks.map(({ name, clause, outcome }) => {
        const [mark, icon, word] = marks[outcome]
        return (
          <li key={name}>
            <span data-mark={mark}>
              {icon}
              <span className="visually-hidden">{word}: </span>
            </span>
            <Text size="2" weight={outcome === 'failed' ? 'bold' : 'regular'}>
              {name.replaceAll('_', ' ')}
            </Text>
            <Text size="1" className="soft">
              {clause}
            </Text>
          </li>
        )
      })}
    </ol>
  )
}
