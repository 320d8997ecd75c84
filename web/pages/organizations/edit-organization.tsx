import { useState } from 'react'
import { type Organization, updateOrganization } from '#contracts/organizations.ts'
import { useChange } from '../../api/queries.ts'
import { ChangedMeanwhile } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

interface Props {
  readonly organization: Organization
  readonly onClose: () => void
}

export function EditOrganization({ organization, onClose }: Props) {
  const update = useChange(updateOrganization)
  const [name, setName] = useState(organization.name)
  const [externalId, setExternalId] = useState(organization.external_id ?? '')
  return (
    <FormDialog
      title="Edit organization"
      action="Save"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name', 'external_id']}
      onSubmit={async () => {
        const external_id = externalId.trim() === '' ? null : externalId.trim()
        await update.mutateAsync({ params: { id: organization.id }, body: { name: name.trim(), external_id } })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <ChangedMeanwhile
            updatedAt={organization.updated_at}
            onTakeTheirs={() => {
              setName(organization.name)
              setExternalId(organization.external_id ?? '')
            }}
          />
          <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} />
          <TextInput
            label="External id"
            value={externalId}
            onChange={setExternalId}
            hint="Your own id for this customer. Your application can look it up by it."
            error={refusalOf(error, 'external_id')}
          />
        </>
      )}
    </FormDialog>
  )
}
