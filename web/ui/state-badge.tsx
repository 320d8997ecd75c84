import { Badge } from '@radix-ui/themes'

type Tone = 'green' | 'amber' | 'red' | 'gray' | 'blue'

/** The wire's word → ours. What is not in here is shown as the wire says it. */
const states: Readonly<Record<string, readonly [Tone, string]>> = {
  active: ['green', 'Active'],
  linked: ['green', 'Linked'],
  validating: ['blue', 'Ready, waiting for first sign-in'],
  inactive: ['gray', 'Inactive'],
  unlinked: ['amber', 'Waiting for first request'],
  invalid_credentials: ['red', 'Invalid credentials'],
  deleting: ['gray', 'Being deleted'],
  verified: ['green', 'Verified'],
  legacy_verified: ['green', 'Verified'],
  pending: ['amber', 'Pending'],
  unverified: ['amber', 'Not verified'],
  failed: ['red', 'Failed'],
  succeeded: ['green', 'Succeeded'],
  started: ['blue', 'In progress'],
  timed_out: ['amber', 'Timed out'],
  enabled: ['green', 'Enabled'],
  disabled: ['gray', 'Disabled'],
  failing: ['red', 'Failing'],
  paused: ['gray', 'Paused'],
  invited: ['amber', 'Invited'],
  developer: ['gray', 'Development'],
  accepted: ['green', 'Accepted'],
  expired: ['gray', 'Expired'],
  revoked: ['gray', 'Revoked'],
}

interface Props {
  readonly state: string
  /** Other words for this place. */
  readonly text?: string
}

export function StateBadge({ state, text }: Props) {
  const [tone, word] = states[state] ?? ['gray', state]
  // Without high contrast, text on the light tints is too faint to read.
  return (
    <Badge color={tone} variant="soft">
      <span className="dot" data-tone={tone} aria-hidden="true" />
      {text ?? word}
    </Badge>
  )
}
