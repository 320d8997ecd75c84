import { Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { deletePermission, listPermissions, type Permission } from '#contracts/permissions.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { EditPermission } from './edit-permission.tsx'

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
                    <RowAction onClick={() => setEditing(permission)}>Edit</RowAction>
                    <RowAction onClick={() => setDeleting(permission)}>Delete</RowAction>
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
