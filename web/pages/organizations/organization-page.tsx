import { DropdownMenu, IconButton } from '@radix-ui/themes'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { deleteOrganization, getOrganization, type Organization } from '#contracts/organizations.ts'
import type { OrganizationId } from '#contracts/ids.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyableId } from '../../ui/copy.tsx'
import { DotsIcon } from '../../ui/icons.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { ObjectDialog } from '../../ui/object-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/toasts.tsx'
import { DirectorySection } from './directory-section.tsx'
import { DomainSection } from './domain-section.tsx'
import { EditOrganization } from './edit-organization.tsx'
import { PolicySection } from './policy-section.tsx'
import { RoleSection } from './role-section.tsx'
import { SsoSection } from './sso-section.tsx'

export function OrganizationPage() {
  const { id } = useParams()
  const query = useRead(getOrganization, { params: { id: id as OrganizationId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="organization" within={{ text: 'Organizations', to: paths.organizations }}>
      {(organization) => <OrganizationView organization={organization} />}
    </Loaded>
  )
}

type Open = 'edit' | 'delete' | 'json'

function OrganizationView({ organization }: { readonly organization: Organization }) {
  const paths = usePaths()
  const navigate = useNavigate()
  const { readOnly } = usePlace()
  const remove = useChange(deleteOrganization)
  const [open, setOpen] = useState<Open>()
  const { id, name } = organization
  return (
    <Page
      title={name}
      within={[{ text: 'Organizations', to: paths.organizations }]}
      lead={
        <>
          <CopyableId id={id} /> · created <Time value={organization.created_at} />
        </>
      }
      actions={
        <DropdownMenu.Root>
          <DropdownMenu.Trigger>
            <IconButton variant="soft" color="gray" aria-label="More about this organization">
              <DotsIcon />
            </IconButton>
          </DropdownMenu.Trigger>
          <DropdownMenu.Content align="end">
            <DropdownMenu.Item disabled={readOnly !== undefined} onSelect={() => setOpen('edit')}>
              Edit
            </DropdownMenu.Item>
            <DropdownMenu.Item onSelect={() => setOpen('json')}>View JSON and calls</DropdownMenu.Item>
            <DropdownMenu.Item asChild>
              <Link to={`${paths.events}?organization=${id}`}>Events of this organization</Link>
            </DropdownMenu.Item>
            <DropdownMenu.Separator />
            <DropdownMenu.Item color="red" disabled={readOnly !== undefined} onSelect={() => setOpen('delete')}>
              Delete
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Root>
      }
    >
      <SsoSection organization={organization} />
      <DirectorySection organization={organization} />
      <DomainSection organization={organization} />
      <PolicySection organization={organization} />
      <RoleSection organization={organization} />
      {open === 'edit' && <EditOrganization organization={organization} onClose={() => setOpen(undefined)} />}
      {open === 'json' && (
        <ObjectDialog
          value={organization}
          path={`/organizations/${id}`}
          sdk={`workos.organizations.getOrganization('${id}')`}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === 'delete' && (
        <ConfirmDelete
          noun="organization"
          name={name}
          breaks="Its connections stop signing people in, its directories stop taking people, and its domains are free for others. It cannot be undone."
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            say(`${name} deleted`)
            await navigate(paths.organizations)
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Page>
  )
}
