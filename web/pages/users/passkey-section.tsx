import { Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { deleteUserPasskey, listUserPasskeys, type Passkey } from '#contracts/passkeys.ts'
import type { User } from '#contracts/users.ts'
import { useChange, useList } from '../../api/queries.ts'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'

export function PasskeySection({ user }: { readonly user: User }) {
  const list = useList(listUserPasskeys, { params: { id: user.id }, query: { limit: 25 } })
  const remove = useChange(deleteUserPasskey)
  const [removing, setRemoving] = useState<Passkey>()
  return (
    <Section title="Passkeys">
      <LoadedList
        list={list}
        noun="list of passkeys"
        empty={
          <Text as="p" size="2" className="soft flush">
            None.
          </Text>
        }
      >
        {(passkeys) => (
          <Rows isDense>
            {passkeys.map((passkey) => (
              <Table.Row key={passkey.id}>
                <Table.RowHeaderCell>
                  made <Time value={passkey.created_at} />
                </Table.RowHeaderCell>
                <Table.Cell>
                  {passkey.last_used_at === null ? (
                    'never used'
                  ) : (
                    <>
                      used <Time value={passkey.last_used_at} />
                    </>
                  )}
                </Table.Cell>
                <Table.Cell className="breaks">{passkey.transports.map(sayTransport).join(', ')}</Table.Cell>
                <Table.Cell align="right">
                  <RowAction onClick={() => setRemoving(passkey)}>Remove</RowAction>
                </Table.Cell>
              </Table.Row>
            ))}
          </Rows>
        )}
      </LoadedList>
      {removing && (
        <ConfirmDelete
          noun="passkey"
          verb="Remove"
          name={user.email}
          breaks="Their device goes on offering it, and is refused. Sessions that it opened go on until they are ended."
          onConfirm={() => remove.mutateAsync({ params: { id: user.id, passkey_id: removing.id } })}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  )
}

/** WebAuthn §5.8.4, as people would say it. */
const transports: Readonly<Record<string, string>> = {
  internal: 'built in',
  hybrid: 'phone or tablet',
  usb: 'USB',
  nfc: 'NFC',
  ble: 'Bluetooth',
  'smart-card': 'smart card',
}

function sayTransport(transport: string): string {
  return transports[transport] ?? transport
}
