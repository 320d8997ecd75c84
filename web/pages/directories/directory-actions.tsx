import { DropdownMenu, IconButton } from '@radix-ui/themes'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { type ConfiguredDirectory, deleteDirectory } from '#contracts/directories.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { DotsIcon } from '../../ui/icons.tsx'
import { ObjectDialog } from '../../ui/object-dialog.tsx'
import { say } from '../../ui/toasts.tsx'
import { EditDirectory } from './edit-directory.tsx'

export function DirectoryActions({ directory }: { readonly directory: ConfiguredDirectory }) {
  const { id, name, organization_id, metadata } = directory
  const { readOnly } = usePlace()
  const paths = usePaths()
  const navigate = useNavigate()
  const remove = useChange(deleteDirectory)
  const [open, setOpen] = useState<'edit' | 'json' | 'delete'>()
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger>
          <IconButton variant="soft" color="gray" aria-label="More about this directory">
            <DotsIcon />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content align="end">
          <DropdownMenu.Item disabled={readOnly !== undefined} onSelect={() => setOpen('edit')}>
            Edit
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => setOpen('json')}>View JSON and calls</DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link to={`${paths.events}?organization=${organization_id}&type=dsync.*`}>Events</Link>
          </DropdownMenu.Item>
          <DropdownMenu.Separator />
          <DropdownMenu.Item color="red" disabled={readOnly !== undefined} onSelect={() => setOpen('delete')}>
            Delete
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {open === 'edit' && <EditDirectory directory={directory} onClose={() => setOpen(undefined)} />}
      {open === 'json' && (
        <ObjectDialog
          value={directory}
          path={`/directories/${id}`}
          sdk={`workos.directorySync.getDirectory('${id}')`}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === 'delete' && (
        <ConfirmDelete
          noun="directory"
          name={name}
          breaks={`Its ${metadata.users.active + metadata.users.inactive} users and ${metadata.groups} groups are deleted, and its bearer tokens stop working. Your application receives one dsync.deleted, not one event for each of them.`}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            say(`${name} deleted`)
            await navigate(paths.organization(organization_id))
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}
