import { Box, CheckboxGroup, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { listPermissions } from '#contracts/permissions.ts'
import type { OrganizationId } from '#contracts/ids.ts'
import type { Role } from '#contracts/roles.ts'
import { useList } from '../../api/queries.ts'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { slugOf } from './slug.ts'
import { useRoleChanges } from './use-role-changes.ts'

interface Props {
  /** Left out to make one. */
  readonly role?: Role
  /** For a role that this organization alone has. */
  readonly organization?: OrganizationId
  readonly onClose: () => void
}

export function EditRole({ role, organization, onClose }: Props) {
  const { create, update, give } = useRoleChanges(organization)
  const permissions = useList(listPermissions, { query: { limit: 100 } })
  const [name, setName] = useState(role?.name ?? '')
  const [typedSlug, setTypedSlug] = useState<string>()
  const [description, setDescription] = useState(role?.description ?? '')
  const [chosen, setChosen] = useState<readonly string[]>(role?.permissions ?? [])
  const slug = typedSlug ?? slugOf(name)
  async function save(): Promise<void> {
    const facts = { name: name.trim(), description: description.trim() || null }
    const saved = role ? await update(role.slug, facts) : await create({ slug, ...facts })
    if (chosen.toSorted().join() !== saved.permissions.toSorted().join()) await give(saved.slug, chosen)
    onClose()
  }
  return (
    <FormDialog
      title={role ? `Edit the role ${role.name}` : 'Create role'}
      action={role ? 'Save' : 'Create role'}
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name', 'slug', 'description']}
      onSubmit={save}
      onClose={onClose}
    >
      {(error) => (
        <>
          <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} autoFocus />
          {!role && (
            <TextInput
              label="Slug"
              value={slug}
              hint="What your application is told. It cannot be changed later."
              onChange={setTypedSlug}
              error={refusalOf(error, 'slug')}
            />
          )}
          <TextInput
            label="Description"
            value={description}
            onChange={setDescription}
            error={refusalOf(error, 'description')}
          />
          <Box>
            <Text as="div" size="2" weight="medium" mb="1" id="role-permissions">
              Permissions
            </Text>
            {permissions.items.length === 0 ? (
              <Text as="p" size="2" className="soft flush">
                There are none yet: make them below the roles.
              </Text>
            ) : (
              <div className="event-choice">
                <CheckboxGroup.Root
                  aria-labelledby="role-permissions"
                  value={[...chosen]}
                  onValueChange={(next) => setChosen(next)}
                >
                  {permissions.items.map(({ slug: permission, name: called }) => (
                    <CheckboxGroup.Item key={permission} value={permission}>
                      {permission} <span className="soft">{called}</span>
                    </CheckboxGroup.Item>
                  ))}
                </CheckboxGroup.Root>
              </div>
            )}
          </Box>
        </>
      )}
    </FormDialog>
  )
}
