import { Code, Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import {
  type ConfiguredDirectory,
  createDirectoryToken,
  type DirectoryToken,
  listDirectoryTokens,
  revokeDirectoryToken,
} from '#contracts/directories.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/toasts.tsx'

interface Props {
  readonly directory: ConfiguredDirectory
  /** A token that can be shown until the page is left. */
  readonly onToken: (token: string) => void
}

export function TokenSection({ directory, onToken }: Props) {
  const { readOnly } = usePlace()
  const params = { id: directory.id }
  const list = useList(listDirectoryTokens, { params, query: { limit: 100 } })
  const create = useChange(createDirectoryToken)
  const revoke = useChange(revokeDirectoryToken)
  const [revoking, setRevoking] = useState<DirectoryToken>()
  async function make(): Promise<void> {
    const made = await create.mutateAsync({ params, body: {} }).catch(() => undefined) // shown below
    if (made === undefined || made.value === null) return
    onToken(made.value)
    say('Bearer token created: copy it now')
  }
  return (
    <Section
      title="Bearer tokens"
      lead="Every token that works. Make a new one, give it to the identity provider, then revoke the old one."
      actions={
        <ActionButton variant="soft" reason={readOnly} loading={create.isPending} onClick={() => void make()}>
          Create token
        </ActionButton>
      }
    >
      <Refusal error={create.error} />
      <LoadedList
        list={list}
        noun="list of tokens"
        empty={
          <Text as="p" size="2">
            None works: the identity provider is refused.
          </Text>
        }
      >
        {(tokens) => (
          <Rows isDense>
            {tokens.map((token) => (
              <Table.Row key={token.id}>
                <Table.RowHeaderCell>
                  <Code variant="ghost" color="gray">
                    …{token.token_suffix}
                  </Code>
                </Table.RowHeaderCell>
                <Table.Cell>
                  {token.last_used_at === null ? (
                    'never used'
                  ) : (
                    <>
                      used <Time value={token.last_used_at} />
                      {token.last_used_by !== null && ` by ${token.last_used_by}`}
                    </>
                  )}
                </Table.Cell>
                <Table.Cell align="right">
                  <Flex justify="end">
                    <RowAction onClick={() => setRevoking(token)}>Revoke</RowAction>
                  </Flex>
                </Table.Cell>
              </Table.Row>
            ))}
          </Rows>
        )}
      </LoadedList>
      {revoking && (
        <ConfirmDelete
          noun="token"
          verb="Revoke"
          name={revoking.token_suffix}
          breaks="An identity provider that still sends it is refused at once, and nobody is provisioned until it has another one."
          onConfirm={() => revoke.mutateAsync({ params: { id: directory.id, token_id: revoking.id } })}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Section>
  )
}
