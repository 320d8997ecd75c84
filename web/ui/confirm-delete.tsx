import { AlertDialog, Button, Flex, Text } from '@radix-ui/themes'
import { type FormEvent, type ReactNode, useState } from 'react'
import { TextInput } from './fields.tsx'
import { Refusal } from './refusal.tsx'

interface Props {
  /** Such as `connection`. */
  readonly noun: string
  /** Has to be typed, so that a click too many deletes nothing. */
  readonly name: string
  /** What stops working. */
  readonly breaks: ReactNode
  readonly verb?: string
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

export function ConfirmDelete({ noun, name, breaks, verb = 'Delete', onConfirm, onClose }: Props) {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const matches = typed.trim() === name
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!matches || busy) return
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      onClose()
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
      setBusy(false)
    }
  }
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Content maxWidth="480px">
        <form onSubmit={(event) => void submit(event)}>
          <AlertDialog.Title>
            {verb} this {noun}?
          </AlertDialog.Title>
          <AlertDialog.Description size="2">{breaks}</AlertDialog.Description>
          <Flex direction="column" gap="3" mt="4">
            <TextInput label={`Type ${name} to confirm`} value={typed} onChange={setTyped} autoFocus />
            <Refusal error={error} />
            <Flex gap="3" justify="end">
              <AlertDialog.Cancel>
                <Button variant="soft" color="gray">
                  Cancel
                </Button>
              </AlertDialog.Cancel>
              <Button type="submit" color="red" disabled={!matches} loading={busy}>
                {verb} {noun}
              </Button>
            </Flex>
            {!matches && (
              <Text size="1" className="soft" align="right">
                The button waits until the name is typed.
              </Text>
            )}
          </Flex>
        </form>
      </AlertDialog.Content>
    </AlertDialog.Root>
  )
}
