import { Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { createUser, listUsers, type User } from '#contracts/users.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { useAddressSearch } from '../../ui/address-search.tsx'
import { CopyableId } from '../../ui/copy.tsx'
import { SwitchInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'

export function UsersPage() {
  const { readOnly } = usePlace()
  const search = useAddressSearch()
  const list = useList(listUsers, { query: { limit: 25, ...search.filter } })
  const [creating, setCreating] = useState(false)
  return (
    <Page
      title="Users"
      lead="People who sign in through the hosted login box: with a password, a code, a passkey, or their company’s identity provider."
      actions={
        <ActionButton reason={readOnly} onClick={() => setCreating(true)}>
          Create user
        </ActionButton>
      }
    >
      {search.field}
      <LoadedList
        list={list}
        noun="list of users"
        empty={
          <Empty title={search.filter.email === undefined ? 'No users yet' : 'Nobody has that address'}>
            <Text as="p" size="2">
              {search.filter.email === undefined
                ? 'They come by signing up or in, by an invitation, or by the API.'
                : 'It has to be the whole address.'}
            </Text>
          </Empty>
        }
      >
        {(users) => <UserTable users={users} />}
      </LoadedList>
      {creating && <CreateUser onClose={() => setCreating(false)} />}
    </Page>
  )
}

function UserTable({ users }: { readonly users: readonly User[] }) {
  const paths = usePaths()
  return (
    <Rows columns={['E-mail', 'Name', 'Id', 'Last sign-in']}>
      {users.map(({ id, email, name, last_sign_in_at }) => (
        <Table.Row key={id} className="linked">
          <Table.RowHeaderCell>
            <Link to={paths.user(id)} className="breaks">
              {email}
            </Link>
          </Table.RowHeaderCell>
          <Table.Cell>{name}</Table.Cell>
          <Table.Cell>
            <CopyableId id={id} />
          </Table.Cell>
          <Table.Cell>{last_sign_in_at === null ? 'never' : <Time value={last_sign_in_at} />}</Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}

function CreateUser({ onClose }: { readonly onClose: () => void }) {
  const create = useChange(createUser)
  const navigate = useNavigate()
  const paths = usePaths()
  const [email, setEmail] = useState('')
  const [firstName, setFirstName] = useState('')
  const [lastName, setLastName] = useState('')
  const [verified, setVerified] = useState(false)
  return (
    <FormDialog
      title="Create user"
      action="Create user"
      reason={email.trim() === '' ? 'An address is needed.' : undefined}
      fields={['email']}
      onSubmit={async () => {
        const names = { first_name: firstName.trim() || null, last_name: lastName.trim() || null }
        const made = await create.mutateAsync({ body: { email: email.trim(), email_verified: verified, ...names } })
        await navigate(paths.user(made.id))
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <TextInput
            label="E-mail"
            type="email"
            value={email}
            onChange={setEmail}
            error={refusalOf(error, 'email')}
            autoFocus
          />
          <Flex gap="3">
            <TextInput label="First name" value={firstName} onChange={setFirstName} />
            <TextInput label="Last name" value={lastName} onChange={setLastName} />
          </Flex>
          <SwitchInput
            label="The address is proven"
            hint="Only if you know that it is theirs: whoever proves it later gets the account otherwise."
            checked={verified}
            onChange={setVerified}
          />
        </>
      )}
    </FormDialog>
  )
}
