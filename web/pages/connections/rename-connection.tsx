import { useState } from 'react'
import { type ConfiguredConnection, updateConnection } from '#contracts/connections.ts'
import { useChange } from '../../api/queries.ts'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

interface Props {
  readonly connection: ConfiguredConnection
  readonly onClose: () => void
}

export function RenameConnection({ connection, onClose }: Props) {
  const update = useChange(updateConnection)
  const [name, setName] = useState(connection.name)
  return (
    <FormDialog
      title="Rename connection"
      action="Save"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name']}
      onSubmit={async () => {
        await update.mutateAsync({ params: { id: connection.id }, body: { name: name.trim() } })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} />}
    </FormDialog>
  )
}
