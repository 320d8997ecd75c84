import { Flex } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { usePlace } from '../../api/environment.tsx'
import { ActionButton } from '../../ui/action-button.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { Refusal, refusalOf } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

interface Props {
  readonly label: string
  readonly placeholder: string
  /** On the button. */
  readonly action: string
  readonly confirmation: string
  /** What the API calls it, in its refusals. */
  readonly field: string
  readonly stored: string | null
  readonly saving: { readonly error: Error | null; readonly isPending: boolean }
  /** `null` takes it away. */
  readonly onSave: (url: string | null) => Promise<unknown>
}

/** The one address of its kind that an environment has, or has not. */
export function AddressForm({ label, placeholder, action, confirmation, field, stored, saving, onSave }: Props) {
  const { readOnly } = usePlace()
  /** Nothing while it says what is stored, which others may change. */
  const [edited, setEdited] = useState<string>()
  const url = edited ?? stored ?? ''
  const typed = url.trim()
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    await onSave(typed === '' ? null : typed).then(
      () => {
        // Whoever typed on meanwhile keeps it.
        setEdited((now) => (now === edited ? undefined : now))
        say(confirmation)
      },
      () => undefined, // shown below
    )
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Flex gap="3" align="start" wrap="wrap">
        <div className="grows">
          <TextInput
            label={label}
            type="url"
            value={url}
            placeholder={placeholder}
            error={refusalOf(saving.error, field)}
            onChange={setEdited}
          />
        </div>
        <ActionButton
          type="submit"
          variant="soft"
          mt="5"
          reason={readOnly ?? (typed === (stored ?? '') ? 'Nothing was changed.' : undefined)}
          loading={saving.isPending}
        >
          {action}
        </ActionButton>
      </Flex>
      <Refusal error={saving.error} fields={[field]} />
    </form>
  )
}
