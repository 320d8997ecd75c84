import { Callout } from '@radix-ui/themes'
import { createContext, type ReactNode, use } from 'react'
import { usePlace } from '../api/environment.tsx'

const LookingContext = createContext(false)

/** Around searches, filters and tests: what is typed there changes nothing, so that everybody may. */
export function ForLooking({ children }: { readonly children: ReactNode }) {
  return <LookingContext value={true}>{children}</LookingContext>
}

/** Why nothing can be typed or chosen here. Every field asks, so that no page has to think of viewers. */
export function useReadOnly(): string | undefined {
  const { readOnly } = usePlace()
  return use(LookingContext) ? undefined : readOnly
}

/** Why nothing on this page can be changed, where there are more fields than reasons to give one by one. */
export function ReadOnlyNotice() {
  const { readOnly } = usePlace()
  if (readOnly === undefined) return undefined
  return (
    <Callout.Root color="gray" size="1">
      <Callout.Text>{readOnly}</Callout.Text>
    </Callout.Root>
  )
}
