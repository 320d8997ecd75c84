import { AlertDialog, Button, Flex } from '@radix-ui/themes'
import { useState } from 'react'
import {
  type ApiKey,
  createEnvironmentApiKey,
  type IssuedApiKey,
  rollEnvironmentApiKey,
} from '#contracts/environments.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { CopyField } from '../../ui/copy.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

interface IssueProps {
  readonly onIssued: (key: IssuedApiKey) => void
  readonly onClose: () => void
}

function useEnvironmentId(): EnvironmentId {
  return usePlace().environment.id
}

export function CreateKey({ onIssued, onClose }: IssueProps) {
  const create = useChange(createEnvironmentApiKey)
  const environment_id = useEnvironmentId()
  const [name, setName] = useState('')
  return (
    <FormDialog
      title="Create API key"
      action="Create key"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name']}
      onSubmit={async () => {
        onIssued(await create.mutateAsync({ params: { environment_id }, body: { name: name.trim() } }))
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <TextInput
          label="Name"
          value={name}
          onChange={setName}
          placeholder="Production web server"
          hint="What uses it, so that you know later what stops when it is revoked."
          error={refusalOf(error, 'name')}
          autoFocus
        />
      )}
    </FormDialog>
  )
}

const overlaps = [
  ['0', 'At once'],
  ['3600', 'In an hour'],
  ['86400', 'In a day'],
  ['604800', 'In a week'],
] as const

export function RollKey({ apiKey, onIssued, onClose }: IssueProps & { readonly apiKey: ApiKey }) {
  const roll = useChange(rollEnvironmentApiKey)
  const environment_id = useEnvironmentId()
  const [overlap, setOverlap] = useState('86400')
  return (
    <FormDialog
      title={`Roll ${apiKey.name}`}
      lead="Makes its successor. Both work until the old one ends, so that nothing has to happen at one moment."
      action="Roll key"
      onSubmit={async () => {
        const body = { overlap_seconds: Number(overlap) }
        onIssued(await roll.mutateAsync({ params: { environment_id, id: apiKey.id }, body }))
        onClose()
      }}
      onClose={onClose}
    >
      {() => <ChoiceInput label="The old key ends" value={overlap} options={overlaps} onChange={setOverlap} />}
    </FormDialog>
  )
}

interface NewKeyProps {
  readonly issued: IssuedApiKey
  readonly onClose: () => void
}

/** The only time it is shown: a click beside does not close it. */
export function NewKey({ issued, onClose }: NewKeyProps) {
  return (
    <AlertDialog.Root open>
      <AlertDialog.Content maxWidth="560px">
        <AlertDialog.Title>Copy {issued.name} now</AlertDialog.Title>
        <AlertDialog.Description size="2" mb="4">
          It is not shown again: only its hash is kept.
        </AlertDialog.Description>
        <CopyField name="API key" value={issued.value} />
        <Flex justify="end" mt="4">
          <Button onClick={onClose}>I have copied it</Button>
        </Flex>
      </AlertDialog.Content>
    </AlertDialog.Root>
  )
}
