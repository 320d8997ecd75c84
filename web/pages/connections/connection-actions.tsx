import { Button, DropdownMenu, IconButton } from '@radix-ui/themes'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { type ConfiguredConnection, deleteConnection, updateConnection } from '#contracts/connections.ts'
import { listRedirectUris } from '#contracts/redirects.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { DotsIcon } from '../../ui/icons.tsx'
import { ObjectDialog } from '../../ui/object-dialog.tsx'
import { say } from '../../ui/toasts.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { RenameConnection } from './rename-connection.tsx'

export function ConnectionActions({ connection }: { readonly connection: ConfiguredConnection }) {
  const { id, name, state, organization_id } = connection
  const { readOnly } = usePlace()
  const paths = usePaths()
  const navigate = useNavigate()
  const update = useChange(updateConnection)
  const remove = useChange(deleteConnection)
  const [open, setOpen] = useState<'rename' | 'json' | 'delete'>()
  const isOff = state === 'inactive' && connection.idp_entity_id !== null
  const turn = async (next: 'active' | 'inactive') => {
    try {
      await update.mutateAsync({ params: { id }, body: { state: next } })
      say(next === 'active' ? `${name} is on` : `${name} is off: nobody can sign in through it`)
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <>
      <TestSignIn connection={connection} />
      <DropdownMenu.Root>
        <DropdownMenu.Trigger>
          <IconButton variant="soft" color="gray" aria-label="More about this connection">
            <DotsIcon />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content align="end">
          <DropdownMenu.Item disabled={readOnly !== undefined} onSelect={() => setOpen('rename')}>
            Rename
          </DropdownMenu.Item>
          <DropdownMenu.Item
            disabled={readOnly !== undefined || connection.idp_entity_id === null}
            onSelect={() => void turn(isOff ? 'active' : 'inactive')}
          >
            {isOff ? 'Switch on' : 'Switch off'}
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => setOpen('json')}>View JSON and calls</DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link to={`${paths.events}?organization=${organization_id}&type=connection.*`}>Events</Link>
          </DropdownMenu.Item>
          <DropdownMenu.Separator />
          <DropdownMenu.Item color="red" disabled={readOnly !== undefined} onSelect={() => setOpen('delete')}>
            Delete
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {open === 'rename' && <RenameConnection connection={connection} onClose={() => setOpen(undefined)} />}
      {open === 'json' && (
        <ObjectDialog
          value={connection}
          path={`/connections/${id}`}
          sdk={`workos.sso.getConnection('${id}')`}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === 'delete' && (
        <ConfirmDelete
          noun="connection"
          name={name}
          breaks="Nobody signs in through it any more. Their profiles keep their ids if the connection is made again for the same identity provider."
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

/** A real sign-in, which ends where the application's do. */
function TestSignIn({ connection }: { readonly connection: ConfiguredConnection }) {
  const { session, environment } = usePlace()
  const redirects = useList(listRedirectUris, { query: { limit: 100 } })
  const target = redirects.items.find((redirect) => redirect.default) ?? redirects.items[0]
  if (connection.idp_entity_id === null)
    return (
      <ActionButton variant="soft" reason="Save the identity provider’s metadata first.">
        Test sign-in
      </ActionButton>
    )
  if (!target)
    return (
      <ActionButton variant="soft" reason="Register a redirect URI first: a sign-in has to end somewhere.">
        Test sign-in
      </ActionButton>
    )
  const url = `${session.base_url}/sso/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: environment.client_id,
    connection: connection.id,
    redirect_uri: target.uri,
  })}`
  return (
    <Button variant="soft" asChild>
      <a href={url} target="_blank" rel="noreferrer">
        Test sign-in
      </a>
    </Button>
  )
}
