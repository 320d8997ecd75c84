import { Badge, DropdownMenu, Flex, IconButton, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { getDefaultRole } from '#contracts/overview.ts'
import { deleteEnvironmentRole, listEnvironmentRoles, orderEnvironmentRoles, type Role } from '#contracts/roles.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { DotsIcon } from '../../ui/icons.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { actions, Rows } from '../../ui/rows.tsx'
import { EditRole } from './edit-role.tsx'
import { PermissionSection } from './permission-section.tsx'

export function RolesPage() {
  const { readOnly } = usePlace()
  const query = useRead(listEnvironmentRoles, {})
  const [creating, setCreating] = useState(false)
  return (
    <Page
      title="Roles"
      lead="What members may do, in every organization. Access tokens carry their role and its permissions; what these mean is up to your application."
      actions={
        <ActionButton reason={readOnly} onClick={() => setCreating(true)}>
          Create role
        </ActionButton>
      }
    >
      <Section
        title="Roles"
        lead="The strongest first: of several roles that groups of a directory give somebody, the upper one leads."
      >
        <Loaded query={query} noun="list of roles">
          {({ data }) => <RoleTable roles={data} />}
        </Loaded>
      </Section>
      <PermissionSection />
      {creating && <EditRole onClose={() => setCreating(false)} />}
    </Page>
  )
}

function RoleTable({ roles }: { readonly roles: readonly Role[] }) {
  const defaultRole = useRead(getDefaultRole, {}).data?.slug
  const order = useChange(orderEnvironmentRoles)
  const remove = useChange(deleteEnvironmentRole)
  const [editing, setEditing] = useState<Role>()
  const [deleting, setDeleting] = useState<Role>()
  // Moved again before the list is read again, a role goes on from where it was moved to.
  const pending = order.isPending ? order.variables.body.role_slugs : []
  const shown = roles.toSorted((one, other) => pending.indexOf(one.slug) - pending.indexOf(other.slug))
  const slugs = shown.map(({ slug }) => slug)
  const move = (slug: string, by: -1 | 1) => {
    const rest = slugs.filter((each) => each !== slug)
    order.mutate({ body: { role_slugs: rest.toSpliced(slugs.indexOf(slug) + by, 0, slug) } })
  }
  return (
    <Flex direction="column" gap="3">
      <Refusal error={order.error} />
      <Rows columns={['Role', 'Permissions', actions]}>
        {shown.map((role, index) => (
          <Table.Row key={role.id}>
            <Table.RowHeaderCell>
              <Flex gap="2" align="center" wrap="wrap">
                {role.name} <span className="soft code">{role.slug}</span>
                {role.slug === defaultRole && <Badge>default</Badge>}
              </Flex>
              <Text as="div" size="1" className="soft breaks">
                {role.description}
              </Text>
            </Table.RowHeaderCell>
            <Table.Cell>
              <Flex gap="1" wrap="wrap">
                {role.permissions.length === 0 && <span className="soft">none</span>}
                {role.permissions.map((permission) => (
                  <Badge key={permission} color="gray">
                    {permission}
                  </Badge>
                ))}
              </Flex>
            </Table.Cell>
            <Table.Cell align="right">
              <RoleMenu
                role={role}
                isFirst={index === 0}
                isLast={index === shown.length - 1}
                isDefault={role.slug === defaultRole}
                onEdit={() => setEditing(role)}
                onMove={(by) => move(role.slug, by)}
                onDefault={() => order.mutate({ body: { role_slugs: slugs, default_role_slug: role.slug } })}
                onDelete={() => setDeleting(role)}
              />
            </Table.Cell>
          </Table.Row>
        ))}
      </Rows>
      {editing && <EditRole role={editing} onClose={() => setEditing(undefined)} />}
      {deleting && (
        <ConfirmDelete
          noun="role"
          name={deleting.slug}
          breaks="Nobody can be given it any more. It has to be nobody’s first: a role that somebody has is not deleted."
          onConfirm={() => remove.mutateAsync({ params: { slug: deleting.slug } })}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Flex>
  )
}

interface MenuProps {
  readonly role: Role
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly isDefault: boolean
  readonly onEdit: () => void
  readonly onMove: (by: -1 | 1) => void
  readonly onDefault: () => void
  readonly onDelete: () => void
}

function RoleMenu({ role, isFirst, isLast, isDefault, onEdit, onMove, onDefault, onDelete }: MenuProps) {
  const { readOnly } = usePlace()
  const off = readOnly !== undefined
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger>
        <IconButton variant="ghost" color="gray" aria-label={`More about the role ${role.name}`}>
          <DotsIcon />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content align="end">
        <DropdownMenu.Item disabled={off} onSelect={onEdit}>
          Edit and give permissions
        </DropdownMenu.Item>
        <DropdownMenu.Item disabled={off || isFirst} onSelect={() => onMove(-1)}>
          Make stronger
        </DropdownMenu.Item>
        <DropdownMenu.Item disabled={off || isLast} onSelect={() => onMove(1)}>
          Make weaker
        </DropdownMenu.Item>
        <DropdownMenu.Item disabled={off || isDefault} onSelect={onDefault}>
          Make the default
        </DropdownMenu.Item>
        <DropdownMenu.Separator />
        <DropdownMenu.Item color="red" disabled={off || isDefault} onSelect={onDelete}>
          Delete
        </DropdownMenu.Item>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}
