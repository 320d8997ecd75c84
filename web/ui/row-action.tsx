import type { ComponentProps } from 'react'
import { usePlace } from '../api/environment.tsx'
import { ActionButton } from './action-button.tsx'

/** What can be done with one of many, by those who may change anything. */
export function RowAction(props: Omit<ComponentProps<typeof ActionButton>, 'size' | 'variant' | 'color' | 'reason'>) {
  const { readOnly } = usePlace()
  return <ActionButton size="1" variant="soft" color="gray" reason={readOnly} {...props} />
}
