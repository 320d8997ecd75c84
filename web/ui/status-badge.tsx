import { Badge } from '@radix-ui/themes'

/** An HTTP status in the colour of its hundred. */
export function StatusBadge({ status }: { readonly status: number }) {
  const color = status >= 500 ? 'red' : status >= 400 ? 'amber' : 'green'
  return (
    <Badge color={color} className="numbers">
      {status}
    </Badge>
  )
}
