import { Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { type Invitation, listInvitations, resendInvitation, revokeInvitation } from '#contracts/invitations.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { useAddressSearch } from '../../ui/address-search.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { actions, Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/toasts.tsx'
import { OrganizationLink } from '../organizations/organization-link.tsx'
import { SendInvitation } from './send-invitation.tsx'

export function InvitationsPage() {
  const { readOnly } = usePlace()
  const search = useAddressSearch()
  const list = useList(listInvitations, { query: { limit: 25, ...search.filter } })
  const [sending, setSending] = useState(false)
  const [revoking, setRevoking] = useState<Invitation>()
  const revoke = useChange(revokeInvitation)
  return (
    <Page
      title="Invitations"
      lead="Whoever is invited gets a mail with a link; signing in or up with that address accepts it, and makes them a member."
      actions={
        <ActionButton reason={readOnly} onClick={() => setSending(true)}>
          Invite somebody
        </ActionButton>
      }
    >
      {search.field}
      <LoadedList
        list={list}
        noun="list of invitations"
        empty={
          <Empty title={search.filter.email === undefined ? 'Nobody is invited yet' : 'That address is not invited'}>
            <Text as="p" size="2">
              {search.filter.email === undefined
                ? 'Invite the first people of a customer here, or let your application do it.'
                : 'It has to be the whole address.'}
            </Text>
          </Empty>
        }
      >
        {(invitations) => <InvitationTable invitations={invitations} onRevoke={setRevoking} />}
      </LoadedList>
      {sending && <SendInvitation onClose={() => setSending(false)} />}
      {revoking && (
        <ConfirmDelete
          noun="invitation"
          verb="Revoke"
          name={revoking.email}
          breaks="The link in the mail stops working. It cannot be undone; they can be invited again."
          onConfirm={() => revoke.mutateAsync({ params: { id: revoking.id } })}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Page>
  )
}

interface TableProps {
  readonly invitations: readonly Invitation[]
  readonly onRevoke: (invitation: Invitation) => void
}

function InvitationTable({ invitations, onRevoke }: TableProps) {
  return (
    <Rows columns={['E-mail', 'Organization', 'Role', 'State', actions]}>
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} onRevoke={() => onRevoke(invitation)} />
      ))}
    </Rows>
  )
}

function InvitationRow({ invitation, onRevoke }: { readonly invitation: Invitation; readonly onRevoke: () => void }) {
  const { readOnly } = usePlace()
  const resend = useChange(resendInvitation)
  const { id, email, organization_id, role_slug, state, expires_at, accepted_at, accept_invitation_url } = invitation
  async function sendAgain(): Promise<void> {
    try {
      await resend.mutateAsync({ params: { id }, body: {} })
      say(`Sent to ${email} again`)
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <Table.Row>
      <Table.RowHeaderCell className="breaks">{email}</Table.RowHeaderCell>
      <Table.Cell>
        {organization_id === null ? <span className="soft">none</span> : <OrganizationLink id={organization_id} />}
      </Table.Cell>
      <Table.Cell>{role_slug ?? <span className="soft">default</span>}</Table.Cell>
      <Table.Cell>
        <StateBadge state={state} />
        <Text as="div" size="1" className="soft">
          {state === 'pending' && (
            <>
              ends <Time value={expires_at} />
            </>
          )}
          {accepted_at !== null && <Time value={accepted_at} />}
        </Text>
      </Table.Cell>
      <Table.Cell>
        {state === 'pending' && (
          <Flex gap="3" justify="end" align="center">
            {accept_invitation_url !== '' && <CopyButton value={accept_invitation_url} name="invitation link" />}
            <ActionButton
              size="1"
              variant="soft"
              reason={readOnly}
              loading={resend.isPending}
              onClick={() => void sendAgain()}
            >
              Send again
            </ActionButton>
            <RowAction onClick={onRevoke}>Revoke</RowAction>
          </Flex>
        )}
      </Table.Cell>
    </Table.Row>
  )
}
