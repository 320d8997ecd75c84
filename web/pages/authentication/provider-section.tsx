import { Badge, Button, Flex, Switch, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import {
  deleteOAuthProvider,
  listOAuthProviders,
  type OAuthProvider,
  setOAuthProvider,
} from '#contracts/oauth-providers.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { Rows } from '../../ui/rows.tsx'
import { isKnown, ProviderDialog } from './provider-dialog.tsx'

/** No name of a provider is empty. */
const anew = ''

/** No event tells that a provider was changed. */
const lookAgainMs = 3000

/** Accounts elsewhere that sign in: known social providers and any OpenID provider. */
export function ProviderSection() {
  const { readOnly } = usePlace()
  const query = useRead(listOAuthProviders, {}, { refetchEveryMs: lookAgainMs })
  const change = useChange(setOAuthProvider)
  const remove = useChange(deleteOAuthProvider)
  /** By name: what is edited is as it is now, not as it was when the dialog opened. */
  const [open, setOpen] = useState<string>()
  const [removing, setRemoving] = useState<OAuthProvider>()
  return (
    <Section
      title="Social and OpenID providers"
      lead="Anybody with an account there may sign in. A customer’s own identity provider is a connection of its organization instead."
    >
      <Loaded query={query} noun="providers">
        {({ data }) => (
          <Flex direction="column" gap="4" align="start">
            {data.length > 0 && (
              <div className="full">
                <Rows>
                  {data.map((provider) => (
                    <Table.Row key={provider.id}>
                      <Table.RowHeaderCell>
                        {provider.title}
                        <Text as="div" size="1" className="soft">
                          {provider.issuer ?? 'The provider’s own server'}
                        </Text>
                      </Table.RowHeaderCell>
                      <Table.Cell>{!provider.trusts_email && <Badge color="gray">Asks the inbox</Badge>}</Table.Cell>
                      <Table.Cell>
                        <Switch
                          aria-label={`${provider.title} signs people in`}
                          checked={provider.enabled}
                          disabled={readOnly !== undefined}
                          onCheckedChange={(enabled) =>
                            change.mutate({ params: { name: provider.provider }, body: { enabled } })
                          }
                        />
                      </Table.Cell>
                      <Table.Cell>
                        {readOnly === undefined && (
                          <Flex gap="3" justify="end">
                            <Button variant="soft" onClick={() => setOpen(provider.provider)}>
                              Change
                            </Button>
                            <Button variant="soft" color="red" onClick={() => setRemoving(provider)}>
                              Remove
                            </Button>
                          </Flex>
                        )}
                      </Table.Cell>
                    </Table.Row>
                  ))}
                </Rows>
              </div>
            )}
            <Refusal error={change.error} />
            {readOnly === undefined && <Button onClick={() => setOpen(anew)}>Add Provider</Button>}
            {open !== undefined && (
              <ProviderDialog
                provider={data.find(({ provider }) => provider === open)}
                taken={data.map(({ provider }) => provider)}
                onClose={() => setOpen(undefined)}
              />
            )}
          </Flex>
        )}
      </Loaded>
      {removing && (
        <ConfirmDelete
          noun="provider"
          name={removing.title}
          verb="Remove"
          breaks={`Nobody signs in with ${removing.title} any more. ${isKnown(removing.provider) ? 'Set up again, it' : 'Set up again with the same issuer, it'} opens the same accounts.`}
          onConfirm={() => remove.mutateAsync({ params: { name: removing.provider } })}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  )
}
