import { useState } from 'react'
import { createPermission, getPermission, type Permission, updatePermission } from '#contracts/permissions.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

function draftOf(permission: Permission | undefined) {
  return { name: permission?.name ?? '', description: permission?.description ?? '' }
}

interface Props {
  /** Left out to make one. */
  readonly permission?: Permission
  readonly onClose: () => void
}

export function EditPermission({ permission, onClose }: Props) {
  const create = useChange(createPermission)
  const update = useChange(updatePermission)
  const [typedSlug, setTypedSlug] = useState('')
  const slug = permission?.slug ?? typedSlug.trim()
  const query = useRead(getPermission, { params: { slug } }, { ...whileEdited, enabled: permission !== undefined })
  const { draft, set, notice, undecided, save } = useDraft({ thing: permission, query, draftOf })
  const reason = slug === '' ? 'It needs a slug.' : draft.name.trim() === '' ? 'It needs a name.' : undefined
  return (
    <FormDialog
      title={permission ? `Edit ${permission.slug}` : 'Create permission'}
      action={permission ? 'Save' : 'Create permission'}
      reason={undecided ?? reason}
      fields={['slug', 'name', 'description']}
      onSubmit={async () => {
        const isSaved = await save(({ name, description }) => {
          const facts = { name: name.trim(), description: description.trim() || null }
          if (permission) return update.mutateAsync({ params: { slug }, body: facts })
          return create.mutateAsync({ body: { slug, ...facts } })
        })
        if (isSaved) onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          {!permission && (
            <TextInput
              label="Slug"
              value={typedSlug}
              placeholder="documents:read"
              hint="Lower-case letters, digits and : . _ * -"
              error={refusalOf(error, 'slug')}
              onChange={setTypedSlug}
              autoFocus
            />
          )}
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(name) => set({ name })}
            error={refusalOf(error, 'name')}
          />
          <TextInput
            label="Description"
            value={draft.description}
            onChange={(description) => set({ description })}
            error={refusalOf(error, 'description')}
          />
        </>
      )}
    </FormDialog>
  )
}
