import { getOrganization, type Organization, updateOrganization } from '#contracts/organizations.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

function draftOf({ name, external_id }: Organization) {
  return { name, externalId: external_id ?? '' }
}

interface Props {
  readonly organization: Organization
  readonly onClose: () => void
}

export function EditOrganization({ organization, onClose }: Props) {
  const update = useChange(updateOrganization)
  const query = useRead(getOrganization, { params: { id: organization.id } }, whileEdited)
  const { draft, set, notice, undecided, save } = useDraft({ thing: organization, query, draftOf })
  return (
    <FormDialog
      title="Edit organization"
      action="Save"
      reason={undecided ?? (draft.name.trim() === '' ? 'It needs a name.' : undefined)}
      fields={['name', 'external_id']}
      onSubmit={async () => {
        const saved = await save(({ name, externalId }) => {
          const external_id = externalId.trim() === '' ? null : externalId.trim()
          return update.mutateAsync({ params: { id: organization.id }, body: { name: name.trim(), external_id } })
        })
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
          <TextInput
            label="External id"
            value={draft.externalId}
            onChange={(externalId) => set({ externalId })}
            hint="Your own id for this customer. Your application can look it up by it."
            error={refusalOf(error, 'external_id')}
          />
        </>
      )}
    </FormDialog>
  )
}
