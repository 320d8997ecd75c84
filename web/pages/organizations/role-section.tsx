import { Badge, Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Organization } from '#contracts/organizations.ts'
import { deleteOrganizationRole, listOrganizationRoles, type Role } from '#contracts/roles.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { EditRole } from '../roles/edit-role.tsx'

/** What its members can be: the roles that every organization has, and its own. */
export function RoleSection({ organization }: { readonly organization: Organization }) {
  const { readOnly } = usePlace()
  const paths = usePaths()
  const params = { organization_id: organization.id }
  const query = useRead(listOrganizationRoles, { params })
  const remove = useChange(deleteOrganizationRole)
  const [editing, setEditing] = useState<Role | 'new'>()
  const [deleting, setDeleting] = useState<Role>()
  return (
    <Section
      title="Roles"
      lead={
        <>
          What members of this organization can be, the strongest first. Those of every organization are changed under{' '}
          <Link to={paths.roles}>Roles</Link>.
        </>
      }
      actions={
        <ActionButton variant="soft" reason={readOnly} onClick={() => setEditing('new')}>
          Create role
        </ActionButton>
      }
    >
      <Loaded query={query} noun="list of roles">
        {({ data }) => (
          <Rows isDense>
            {data.map((role) => (
              <RoleRow key={role.id} role={role} onEdit={() => setEditing(role)} onDelete={() => setDeleting(role)} />
            ))}
          </Rows>
        )}
      </Loaded>
      {editing && (
        <EditRole
          organization={organization.id}
          {...(editing !== 'new' && { role: editing })}
          onClose={() => setEditing(undefined)}
        />
      )}
      {deleting && (
        <ConfirmDelete
          noun="role"
          name={deleting.slug}
          breaks={`Nobody in ${organization.name} can be given it any more. It has to be nobody’s first: a role that somebody has is not deleted.`}
          onConfirm={() => remove.mutateAsync({ params: { ...params, slug: deleting.slug } })}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Section>
  )
}

interface RowProps {
  readonly role: Role
  readonly onEdit: () => void
  readonly onDelete: () => void
}

function RoleRow({ role, onEdit, onDelete }: RowProps) {
  return (
    <Table.Row>
      <Table.RowHeaderCell>
        {role.name} <span className="soft code">{role.slug}</span>
        <Text as="div" size="1" className="soft breaks">
          {role.description}
        </Text>
      </Table.RowHeaderCell>
      <Table.Cell>
        <Flex gap="1" wrap="wrap">
          {role.permissions.length === 0 && <span className="soft">no permissions</span>}
          {role.permissions.map((permission) => (
            <Badge key={permission} color="gray">
              {permission}
            </Badge>
          ))}
        </Flex>
      </Table.Cell>
      <Table.Cell>
        {role.type === 'OrganizationRole' ? (
          <Flex gap="2" justify="end">
            <RowAction onClick={onEdit}>Edit</RowAction>
            <RowAction onClick={onDelete}>Delete</RowAction>
          </Flex>
        ) : (
          <Text as="div" size="1" className="soft" align="right">
            of every organization
          </Text>
        )}
      </Table.Cell>
    </Table.Row>
  )
}
