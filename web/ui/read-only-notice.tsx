import { Callout } from '@radix-ui/themes'
import { usePlace } from '../api/environment.tsx'

/** Why nothing on this page can be switched, where there are more switches than reasons to give one by one. */
export function ReadOnlyNotice() {
  const { readOnly } = usePlace()
  if (readOnly === undefined) return undefined
  return (
    <Callout.Root color="gray" size="1">
      <Callout.Text>{readOnly}</Callout.Text>
    </Callout.Root>
  )
}
