import { Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import {
  createPermission,
  deletePermission,
  listPermissions,
  type Permission,
  updatePermission,
} from '#contracts/permissions.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { Rows } from '../../ui/rows.tsx'

export function PermissionSection() {
  const { readOnly } = usePlace()
  const list = useList(listPermissions, { query: { limit: 50 } })
  const remove = useChange(deletePermission)
  const [editing, setEditing] = useState<Permission | 'new'>()
  const [deleting, setDeleting] = useState<Permission>()
  return (
    <Section
      title="Permissions"
      lead="Words your application looks for in access tokens, such as documents:read."
      actions={
        <ActionButton variant="soft" reason={readOnly} onClick={() => setEditing('new')}>
          Create permission
        </ActionButton>
      }
    >
      <LoadedList
        list={list}
        noun="list of permissions"
        empty={
          <Text as="p" size="2" className="soft flush">
            None yet.
          </Text>
        }
      >
        {(permissions) => (
          <Rows isDense>
            {permissions.map((permission) => (
              <Table.Row key={permission.id}>
                <Table.RowHeaderCell>
                  <span className="code">{permission.slug}</span>
                </Table.RowHeaderCell>
                <Table.Cell>
                  {permission.name}
                  <Text as="div" size="1" className="soft breaks">
                    {permission.description}
                  </Text>
                </Table.Cell>
                <Table.Cell>
                  <Flex gap="2" justify="end">
                    <ActionButton
                      size="1"
                      variant="soft"
                      color="gray"
                      reason={readOnly}
                      onClick={() => setEditing(permission)}
                    >
                      Edit
                    </ActionButton>
                    <ActionButton
                      size="1"
                      variant="soft"
                      color="gray"
                      reason={readOnly}
                      onClick={() => setDeleting(permission)}
                    >
                      Delete
                    </ActionButton>
                  </Flex>
                </Table.Cell>
              </Table.Row>
            ))}
          </Rows>
        )}
      </LoadedList>
      {editing && (
        <EditPermission {...(editing !== 'new' && { permission: editing })} onClose={() => setEditing(undefined)} />
      )}
      {deleting && (
        <ConfirmDelete
          noun="permission"
          name={deleting.slug}
          breaks="Every role loses it, and access tokens that are made from then on."
          onConfirm={() => remove.mutateAsync({ params: { slug: deleting.slug } })}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Section>
  )
}

interface EditProps {
  /** Left out to make one. */
  readonly permission?: Permission
  readonly onClose: () => void
}

function EditPermission({ permission, onClose }: EditProps) {
  const create = useChange(createPermission)
  const update = useChange(updatePermission)
  const [slug, setSlug] = useState(permission?.slug ?? '')
  const [name, setName] = useState(permission?.name ?? '')
  const [description, setDescription] = useState(permission?.description ?? '')
  const reason = slug.trim() === '' ? 'It needs a slug.' : name.trim() === '' ? 'It needs a name.' : undefined
  return (
    <FormDialog
      title={permission ? `Edit ${permission.slug}` : 'Create permission'}
      action={permission ? 'Save' : 'Create permission'}
      reason={reason}
      fields={['slug', 'name', 'description']}
      onSubmit={async () => {
        const facts = { name: name.trim(), description: description.trim() || null }
        if (permission) await update.mutateAsync({ params: { slug: permission.slug }, body: facts })
        else await create.mutateAsync({ body: { slug: slug.trim(), ...facts } })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          {!permission && (
            <TextInput
              label="Slug"
              value={slug}
              placeholder="documents:read"
              hint="Lower-case letters, digits and : . _ * -"
              error={refusalOf(error, 'slug')}
              onChange={setSlug}
              autoFocus
            />
          )}
          <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} />
          <TextInput
            label="Description"
            value={description}
            onChange={setDescription}
            error={refusalOf(error, 'description')}
          />
        </>
      )}
    </FormDialog>
  )
}
