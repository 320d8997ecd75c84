import { useState } from 'react'
import { type ConfiguredDirectory, updateDirectory } from '#contracts/directories.ts'
import { scimProviders } from '#contracts/guides/providers.ts'
import { useChange } from '../../api/queries.ts'
import { ChangedMeanwhile } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Picker } from '../../ui/picker.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

const options = scimProviders.map(({ type, text, aliases }) => ({ value: type, text, aliases }))

interface Props {
  readonly directory: ConfiguredDirectory
  readonly onClose: () => void
}

export function EditDirectory({ directory, onClose }: Props) {
  const update = useChange(updateDirectory)
  const [name, setName] = useState(directory.name)
  const [type, setType] = useState(directory.type)
  return (
    <FormDialog
      title="Edit directory"
      action="Save"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name']}
      onSubmit={async () => {
        await update.mutateAsync({ params: { id: directory.id }, body: { name: name.trim(), type } })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <ChangedMeanwhile
            updatedAt={directory.updated_at}
            onTakeTheirs={() => {
              setName(directory.name)
              setType(directory.type)
            }}
          />
          <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} />
          <Picker
            label="Directory provider"
            options={options}
            value={type}
            placeholder="Select a provider"
            onChange={(value) => setType(options.find((option) => option.value === value)?.value ?? type)}
          />
        </>
      )}
    </FormDialog>
  )
}
