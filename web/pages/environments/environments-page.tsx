import { Badge, Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { environmentKinds } from '#contracts/environments.ts'
import { makeEnvironment, renameEnvironment } from '#contracts/overview.ts'
import { usePlace } from '../../api/environment.tsx'
import { useSessionChange } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { CopyableId } from '../../ui/copy.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { actions, Rows } from '../../ui/rows.tsx'

export function EnvironmentsPage() {
  const { session, environment } = usePlace()
  const navigate = useNavigate()
  const [open, setOpen] = useState<'create' | 'rename'>()
  const reason = session.user.role === 'owner' ? undefined : `This is for owners: your role is ${session.user.role}.`
  return (
    <Page
      title="Environments"
      lead="Each has its own organizations, people, keys and log; nothing reaches from one into another. Staging takes local addresses and wildcards as redirects, production does not."
      actions={
        <ActionButton reason={reason} onClick={() => setOpen('create')}>
          Create environment
        </ActionButton>
      }
    >
      <Rows columns={['Name', 'Kind', 'Client id', actions]}>
        {session.environments.map(({ id, name, kind, client_id }) => (
          <Table.Row key={id}>
            <Table.RowHeaderCell>
              <Flex gap="2" align="center">
                <span className="breaks">{name}</span>
                {id === environment.id && <Badge color="gray">open</Badge>}
              </Flex>
            </Table.RowHeaderCell>
            <Table.Cell>
              <Badge color={kind === 'production' ? 'red' : 'amber'}>{kind}</Badge>
            </Table.Cell>
            <Table.Cell>
              <CopyableId id={client_id} />
            </Table.Cell>
            <Table.Cell align="right">
              {id === environment.id ? (
                <ActionButton size="1" variant="soft" color="gray" reason={reason} onClick={() => setOpen('rename')}>
                  Rename
                </ActionButton>
              ) : (
                <ActionButton size="1" variant="soft" color="gray" onClick={() => void navigate(`/${id}/environments`)}>
                  Open
                </ActionButton>
              )}
            </Table.Cell>
          </Table.Row>
        ))}
      </Rows>
      <Text as="p" size="1" className="soft">
        API keys cannot see or make environments, so that a leaked one stays where it belongs. On the server:{' '}
        <code>gatehouse environments</code>
      </Text>
      {open === 'create' && <CreateEnvironment onClose={() => setOpen(undefined)} />}
      {open === 'rename' && <RenameEnvironment onClose={() => setOpen(undefined)} />}
    </Page>
  )
}

function CreateEnvironment({ onClose }: { readonly onClose: () => void }) {
  const make = useSessionChange(makeEnvironment)
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<(typeof environmentKinds)[number]>('staging')
  return (
    <FormDialog
      title="Create environment"
      lead="It comes with signing keys and a client id of its own. An environment cannot be deleted here."
      action="Create environment"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name']}
      onSubmit={async () => {
        const made = await make.mutateAsync({ body: { name: name.trim(), kind } })
        await navigate(`/${made.id}`)
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} autoFocus />
          <ChoiceInput
            label="Kind"
            value={kind}
            options={environmentKinds.map((each) => [each, each] as const)}
            hint="It cannot be changed later."
            onChange={setKind}
          />
        </>
      )}
    </FormDialog>
  )
}

function RenameEnvironment({ onClose }: { readonly onClose: () => void }) {
  const { environment } = usePlace()
  const rename = useSessionChange(renameEnvironment)
  const [name, setName] = useState(environment.name)
  return (
    <FormDialog
      title="Rename environment"
      action="Save"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name']}
      onSubmit={async () => {
        await rename.mutateAsync({ body: { name: name.trim() } })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} autoFocus />}
    </FormDialog>
  )
}
