import { Box, CheckboxGroup, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { listPermissions } from '#contracts/permissions.ts'
import type { OrganizationId } from '#contracts/ids.ts'
import { getEnvironmentRole, getOrganizationRole, type Role } from '#contracts/roles.ts'
import { useList, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { slugOf } from './slug.ts'
import { useRoleChanges } from './use-role-changes.ts'

interface Draft {
  readonly name: string
  readonly description: string
  readonly permissions: readonly string[]
}

function draftOf(role: Role | undefined): Draft {
  return {
    name: role?.name ?? '',
    description: role?.description ?? '',
    permissions: role?.permissions.toSorted() ?? [],
  }
}

interface Props {
  /** Left out to make one. */
  readonly role?: Role
  /** For a role that this organization alone has. */
  readonly organization?: OrganizationId
  readonly onClose: () => void
}

export function EditRole({ role: given, organization, onClose }: Props) {
  // Made, but not yet what it may do: whoever saves again goes on from there.
  const [made, setMade] = useState<Role>()
  const role = given ?? made
  const { create, update, give } = useRoleChanges(organization)
  const permissions = useList(listPermissions, { query: { limit: 100 } })
  const query = useRole(role, organization)
  const { draft, set, notice, undecided, save } = useDraft({ thing: role, query, draftOf })
  const [typedSlug, setTypedSlug] = useState<string>()
  const slug = typedSlug ?? slugOf(draft.name)
  async function submit(): Promise<void> {
    const isSaved = await save(async ({ name, description, permissions: chosen }, went) => {
      const facts = { name: name.trim(), description: description.trim() || null }
      const saved = role ? await update(role.slug, facts) : await create({ slug, ...facts })
      if (chosen.toSorted().join() === saved.permissions.toSorted().join()) return saved
      went(saved)
      setMade(saved)
      return give(saved.slug, chosen)
    })
    if (isSaved) onClose()
  }
  return (
    <FormDialog
      title={role ? `Edit the role ${role.name}` : 'Create role'}
      action={role ? 'Save' : 'Create role'}
      reason={undecided ?? (draft.name.trim() === '' ? 'It needs a name.' : undefined)}
      fields={['name', 'slug', 'description']}
      onSubmit={submit}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          {made && error && (
            <Text as="p" size="2" className="flush" role="status">
              The role {made.slug} is made, but has not its permissions yet. Save again to give them.
            </Text>
          )}
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(name) => set({ name })}
            error={refusalOf(error, 'name')}
            autoFocus
          />
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
            value={draft.description}
            onChange={(description) => set({ description })}
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
                  value={[...draft.permissions]}
                  onValueChange={(next) => set({ permissions: next.toSorted() })}
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

function useRole(role: Role | undefined, organization: OrganizationId | undefined) {
  const slug = role?.slug ?? ''
  const isOwn = organization !== undefined
  const shared = { ...whileEdited, enabled: role !== undefined && !isOwn }
  const ofAll = useRead(getEnvironmentRole, { params: { slug } }, shared)
  const own = { ...whileEdited, enabled: role !== undefined && isOwn }
  const params = { organization_id: organization ?? 'org_', slug } as const
  const ofOne = useRead(getOrganizationRole, { params }, own)
  return isOwn ? ofOne : ofAll
}
