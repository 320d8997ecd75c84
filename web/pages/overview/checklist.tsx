import { Flex, Text } from '@radix-ui/themes'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { CheckIcon, WaitIcon } from '../../ui/icons.tsx'

export interface ChecklistStep {
  readonly text: string
  readonly done: boolean
  /** What shows that it is done, or what to do. */
  readonly note: ReactNode
  /** Where it is done. */
  readonly to: string
}

export function Checklist({ steps }: { readonly steps: readonly ChecklistStep[] }) {
  return (
    <ol className="checklist" aria-live="polite">
      {steps.map(({ text, done, note, to }) => (
        <li key={text}>
          <span data-mark={done ? 'done' : 'waiting'}>
            {done ? <CheckIcon /> : <WaitIcon />}
            <span className="visually-hidden">{done ? 'Done: ' : 'To do: '}</span>
          </span>
          <Flex direction="column">
            <Text size="2" weight="medium">
              <Link to={to}>{text}</Link>
            </Text>
            <Text size="1" className="soft">
              {note}
            </Text>
          </Flex>
        </li>
      ))}
    </ol>
  )
}
