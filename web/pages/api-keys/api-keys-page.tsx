import { Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import {
  type ApiKey,
  type IssuedApiKey,
  listEnvironmentApiKeys,
  revokeEnvironmentApiKey,
} from '#contracts/environments.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page, Section } from '../../ui/page.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { actions, Rows } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { EnvironmentSnippets } from './environment-snippets.tsx'
import { CreateKey, NewKey, RollKey } from './issue-key.tsx'

/** No event tells that a key was used. */
const lookAgainMs = 3000

export function ApiKeysPage() {
  const { environment, session, readOnly } = usePlace()
  const [open, setOpen] = useState<'create' | { readonly roll: ApiKey } | { readonly revoke: ApiKey }>()
  const [issued, setIssued] = useState<IssuedApiKey>()
  const environment_id = environment.id
  const list = useList(
    listEnvironmentApiKeys,
    { params: { environment_id }, query: { limit: 100 } },
    { refetchEveryMs: lookAgainMs },
  )
  const revoke = useChange(revokeEnvironmentApiKey)
  const close = () => setOpen(undefined)
  return (
    <Page
      title="API keys"
      lead="Your application’s server proves with a key who it is. A key opens this environment and no other."
      actions={
        <ActionButton reason={readOnly} onClick={() => setOpen('create')}>
          Create key
        </ActionButton>
      }
    >
      <Section title="Client ID" lead="Not a secret: it names this environment where a sign-in starts.">
        <Flex direction="column" gap="3">
          <CopyField name="Client ID" value={environment.client_id} />
          <CopyField name="Server" value={session.base_url} />
        </Flex>
      </Section>
      <Section title="Secret keys">
        <LoadedList
          list={list}
          noun="list of keys"
          empty={
            <Empty title="Create your first key">
              <Text as="p" size="2">
                Without one no application can call this environment.
              </Text>
            </Empty>
          }
        >
          {(keys) => (
            <KeyTable keys={keys} onRoll={(roll) => setOpen({ roll })} onRevoke={(key) => setOpen({ revoke: key })} />
          )}
        </LoadedList>
      </Section>
      <EnvironmentSnippets apiKey={issued?.value} />
      {open === 'create' && <CreateKey onIssued={setIssued} onClose={close} />}
      {typeof open === 'object' && 'roll' in open && (
        <RollKey apiKey={open.roll} onIssued={setIssued} onClose={close} />
      )}
      {typeof open === 'object' && 'revoke' in open && (
        <ConfirmDelete
          noun="key"
          verb="Revoke"
          name={open.revoke.name}
          breaks={
            open.revoke.last_used_at === null
              ? 'It was never used. It stops working at once.'
              : `Whatever still uses it is refused at once. It was used last by ${open.revoke.last_used_by ?? 'somebody'}, ${new Date(open.revoke.last_used_at).toLocaleString()}.`
          }
          onConfirm={() => revoke.mutateAsync({ params: { environment_id, id: open.revoke.id } })}
          onClose={close}
        />
      )}
      {issued && <NewKey issued={issued} onClose={() => setIssued(undefined)} />}
    </Page>
  )
}

interface TableProps {
  readonly keys: readonly ApiKey[]
  readonly onRoll: (key: ApiKey) => void
  readonly onRevoke: (key: ApiKey) => void
}

function KeyTable({ keys, onRoll, onRevoke }: TableProps) {
  const { readOnly } = usePlace()
  return (
    <Rows columns={['Name', 'Key', 'Last used', 'Created', actions]}>
      {keys.map((key) => (
        <Table.Row key={key.id}>
          <Table.RowHeaderCell>{key.name}</Table.RowHeaderCell>
          <Table.Cell className="code breaks">{key.obfuscated_value}</Table.Cell>
          <Table.Cell>
            {key.last_used_at === null ? (
              'never'
            ) : (
              <>
                <Time value={key.last_used_at} />
                {key.last_used_by !== null && ` by ${key.last_used_by}`}
              </>
            )}
          </Table.Cell>
          <Table.Cell>
            <Time value={key.created_at} />
            {key.expires_at !== null && (
              <>
                , ends <Time value={key.expires_at} />
              </>
            )}
          </Table.Cell>
          <Table.Cell>
            <Flex gap="2" justify="end">
              <ActionButton size="1" variant="soft" reason={readOnly} onClick={() => onRoll(key)}>
                Roll
              </ActionButton>
              <RowAction onClick={() => onRevoke(key)}>Revoke</RowAction>
            </Flex>
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
