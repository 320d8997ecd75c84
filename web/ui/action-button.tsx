import { Button, Tooltip } from '@radix-ui/themes'
import type { ComponentProps } from 'react'

type Props = ComponentProps<typeof Button> & {
  /** Why it cannot be pressed now. It stays within reach of the keyboard, or nobody could ask it. */
  readonly reason?: string | undefined
}

export function ActionButton({ reason, onClick, ...props }: Props) {
  if (reason === undefined) return <Button {...(onClick && { onClick })} {...props} />
  return (
    <Tooltip content={reason}>
      <Button
        {...props}
        aria-disabled="true"
        data-disabled=""
        aria-description={reason}
        onClick={(event) => event.preventDefault()}
      />
    </Tooltip>
  )
}
