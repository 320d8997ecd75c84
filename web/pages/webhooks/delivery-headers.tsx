import { Text } from '@radix-ui/themes'

type Headers = Readonly<Record<string, string>>

interface Props {
  readonly request: Headers
  /** Null where there was no answer. */
  readonly response: Headers | null
}

/** What was said on both sides besides the bodies. */
export function DeliveryHeaders({ request, response }: Props) {
  return (
    <>
      {[['Sent', request] as const, ['Answered', response] as const].map(
        ([side, headers]) =>
          headers && (
            <section key={side} aria-label={`${side} headers`}>
              <Text as="div" size="1" className="soft" mt="1">
                {side}
              </Text>
              <pre className="answer">
                {Object.entries(headers)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join('\n')}
              </pre>
            </section>
          ),
      )}
    </>
  )
}
