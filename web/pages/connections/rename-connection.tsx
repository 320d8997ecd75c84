import { type ConfiguredConnection, getConnection, updateConnection } from '#contracts/connections.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

function draftOf({ name }: ConfiguredConnection) {
  return { name }
}

interface Props {
  readonly connection: ConfiguredConnection
  readonly onClose: () => void
}

export function RenameConnection({ connection, onClose }: Props) {
  const update = useChange(updateConnection)
  const params = { id: connection.id }
  const query = useRead(getConnection, { params }, whileEdited)
  const { draft, set, notice, undecided, save } = useDraft({ thing: connection, query, draftOf })
  return (
    <FormDialog
      title="Rename connection"
      action="Save"
      reason={undecided ?? (draft.name.trim() === '' ? 'It needs a name.' : undefined)}
      fields={['name']}
      onSubmit={async () => {
        const isSaved = await save(({ name }) => update.mutateAsync({ params, body: { name: name.trim() } }))
        if (isSaved) onClose()
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
        </>
      )}
    </FormDialog>
  )
}
