import type { WebhookAttempt } from '#contracts/webhooks.ts'
import { ExactTime } from '../../ui/time.tsx'
import { gapBetween } from './gap.ts'

/** When it was tried, what came of it, and how long was waited in between. */
export function AttemptList({ attempts }: { readonly attempts: readonly WebhookAttempt[] }) {
  return (
    <details>
      <summary className="small">each</summary>
      <ol className="attempts">
        {attempts.map(({ at, status, error, duration_ms: ms }, index) => {
          const before = attempts[index - 1]
          return (
            <li key={at}>
              <ExactTime value={at} />{' '}
              <span className="soft">
                {before && `${gapBetween(before.at, at)} later: `}
                {status ?? error} after {ms} ms
              </span>
            </li>
          )
        })}
      </ol>
    </details>
  )
}
