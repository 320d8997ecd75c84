import { Button, Dialog, Flex, Text } from '@radix-ui/themes'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Refusal } from './refusal.tsx'

interface Props {
  readonly title: string
  readonly lead?: ReactNode
  /** On the button that does it, such as `Create Connection`. */
  readonly action: string
  /** Why it cannot be done yet. */
  readonly reason?: string | undefined
  readonly children: (error: Error | null) => ReactNode
  /** Fields that show their own refusals. */
  readonly fields?: readonly string[]
  readonly onSubmit: () => Promise<unknown>
  readonly onClose: () => void
}

/** Asks for a few values and does one thing with them. What was typed stays when it is refused. */
export function FormDialog({ title, lead, action, reason, children, fields = [], onSubmit, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const [isTyped, setTyped] = useState(false)
  const [isKept, setKept] = useState(false)
  /** A click beside it or a key too many throws nothing away that was typed; the button does. */
  const keep = (event: Event) => {
    if (!isTyped) return
    event.preventDefault()
    setKept(true)
  }
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy || reason !== undefined) return
    setBusy(true)
    setError(null)
    try {
      await onSubmit()
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && !busy && onClose()}>
      <Dialog.Content
        maxWidth="560px"
        onEscapeKeyDown={keep}
        onInteractOutside={keep}
        {...(lead === undefined && { 'aria-describedby': undefined })}
      >
        <form onSubmit={(event) => void submit(event)} onInput={() => setTyped(true)} noValidate>
          <Dialog.Title>{title}</Dialog.Title>
          {lead !== undefined && (
            <Dialog.Description size="2" mb="4">
              {lead}
            </Dialog.Description>
          )}
          <Flex direction="column" gap="4">
            {children(error)}
            <Refusal error={error} fields={fields} />
            {isKept && (
              <Text as="p" size="1" className="soft flush" role="status">
                What you typed is kept. Cancel throws it away.
              </Text>
            )}
            <Flex gap="3" justify="end" align="center">
              {reason !== undefined && <span className="soft small">{reason}</span>}
              <Dialog.Close>
                <Button type="button" variant="soft" color="gray">
                  Cancel
                </Button>
              </Dialog.Close>
              <Button type="submit" loading={busy} disabled={reason !== undefined}>
                {action}
              </Button>
            </Flex>
          </Flex>
        </form>
      </Dialog.Content>
    </Dialog.Root>
  )
}
