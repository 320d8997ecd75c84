import { type ConfiguredDirectory, getDirectory, updateDirectory } from '#contracts/directories.ts'
import { scimProviders } from '#contracts/guides/providers.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Picker } from '../../ui/picker.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

const options = scimProviders.map(({ type, text, aliases }) => ({ value: type, text, aliases }))

function draftOf({ name, type }: ConfiguredDirectory) {
  return { name, type }
}

interface Props {
  readonly directory: ConfiguredDirectory
  readonly onClose: () => void
}

export function EditDirectory({ directory, onClose }: Props) {
  const update = useChange(updateDirectory)
  const query = useRead(getDirectory, { params: { id: directory.id } }, whileEdited)
  const { draft, set, notice, undecided, save } = useDraft({ thing: directory, query, draftOf })
  return (
    <FormDialog
      title="Edit directory"
      action="Save"
      reason={undecided ?? (draft.name.trim() === '' ? 'It needs a name.' : undefined)}
      fields={['name']}
      onSubmit={async () => {
        const saved = await save(({ name, type }) =>
          update.mutateAsync({ params: { id: directory.id }, body: { name: name.trim(), type } }),
        )
        if (saved) onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(name) => set({ name })}
            error={refusalOf(error, 'name')}
          />
          <Picker
            label="Directory provider"
            options={options}
            value={draft.type}
            placeholder="Select a provider"
            onChange={(value) => set({ type: options.find((option) => option.value === value)?.value ?? draft.type })}
          />
        </>
      )}
    </FormDialog>
  )
}
