import { Callout } from '@radix-ui/themes'
import { useState } from 'react'

interface Props {
  /** Of what is being edited, as the page has it now. */
  readonly updatedAt: string
  readonly onTakeTheirs: () => void
}

/** Two people edit one thing: whoever saves second should know what they overwrite. */
export function ChangedMeanwhile({ updatedAt, onTakeTheirs }: Props) {
  const [known, setKnown] = useState(updatedAt)
  if (known === updatedAt) return undefined
  return (
    <ChangedNotice
      onTakeTheirs={() => {
        setKnown(updatedAt)
        onTakeTheirs()
      }}
      onKeepMine={() => setKnown(updatedAt)}
    />
  )
}

interface NoticeProps {
  readonly onTakeTheirs: () => void
  readonly onKeepMine: () => void
}

export function ChangedNotice({ onTakeTheirs, onKeepMine }: NoticeProps) {
  return (
    <Callout.Root color="amber" role="alert" size="1">
      <Callout.Text>
        Somebody changed this while you were editing. Saving overwrites what is different in your form.{' '}
        <button type="button" className="link" onClick={onTakeTheirs}>
          Load their values
        </button>{' '}
        or{' '}
        <button type="button" className="link" onClick={onKeepMine}>
          keep mine
        </button>
      </Callout.Text>
    </Callout.Root>
  )
}
