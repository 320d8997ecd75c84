import { Callout, Flex, Select, Table } from '@radix-ui/themes'
import { useState } from 'react'
import {
  changeDashboardUser,
  type DashboardUser,
  type InvitedDashboardUser,
  inviteDashboardUser,
  listDashboardUsers,
  removeDashboardUser,
} from '#contracts/dashboard-users.ts'
import { dashboardRoles } from '#contracts/endpoint.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page } from '../../ui/page.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { actions, Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/toasts.tsx'
import { InvitationLink, InviteColleague } from './invite-colleague.tsx'

/** Who may use the dashboard: of the whole installation, and for owners alone. */
export function TeamPage() {
  const { session } = usePlace()
  const { role } = session.user
  const reason = role === 'owner' ? undefined : `This is for owners: your role is ${role}.`
  const query = useRead(listDashboardUsers, {}, { enabled: reason === undefined })
  const [inviting, setInviting] = useState(false)
  const [invited, setInvited] = useState<InvitedDashboardUser>()
  const [removing, setRemoving] = useState<DashboardUser>()
  const remove = useChange(removeDashboardUser)
  return (
    <Page
      title="Team"
      lead="Who may use this dashboard, in every environment. Viewers look, admins change, owners decide who is here."
      actions={
        <ActionButton reason={reason} onClick={() => setInviting(true)}>
          Invite a colleague
        </ActionButton>
      }
    >
      {reason === undefined ? (
        <Loaded query={query} noun="list of people">
          {({ data }) => <TeamTable people={data} onInvited={setInvited} onRemove={setRemoving} />}
        </Loaded>
      ) : (
        <Callout.Root color="amber">
          <Callout.Text>{reason} Ask one of them.</Callout.Text>
        </Callout.Root>
      )}
      {inviting && <InviteColleague onInvited={setInvited} onClose={() => setInviting(false)} />}
      {invited && <InvitationLink invited={invited} onClose={() => setInvited(undefined)} />}
      {removing && (
        <ConfirmDelete
          noun="person"
          verb="Remove"
          name={removing.email}
          breaks="Their sessions end at once, and an invitation they have opens nothing any more. What they did stays in the audit trail."
          onConfirm={() => remove.mutateAsync({ params: { id: removing.id } })}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Page>
  )
}

interface TableProps {
  readonly people: readonly DashboardUser[]
  readonly onInvited: (invited: InvitedDashboardUser) => void
  readonly onRemove: (person: DashboardUser) => void
}

function TeamTable({ people, onInvited, onRemove }: TableProps) {
  return (
    <Rows columns={['E-mail', 'Role', 'State', 'Last sign-in', actions]}>
      {people.map((person) => (
        <PersonRow key={person.id} person={person} onInvited={onInvited} onRemove={() => onRemove(person)} />
      ))}
    </Rows>
  )
}

interface RowProps {
  readonly person: DashboardUser
  readonly onInvited: (invited: InvitedDashboardUser) => void
  readonly onRemove: () => void
}

function PersonRow({ person, onInvited, onRemove }: RowProps) {
  const { email, role, state, last_sign_in_at } = person
  const invite = useChange(inviteDashboardUser)
  const reason =
    state === 'developer' ? 'It stands for whoever sits at this machine in development, and is made again.' : undefined
  async function sendLink(): Promise<void> {
    try {
      onInvited(await invite.mutateAsync({ body: { email, role } }))
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <Table.Row>
      <Table.RowHeaderCell>{email}</Table.RowHeaderCell>
      <Table.Cell>
        <RoleChoice person={person} />
      </Table.Cell>
      <Table.Cell>
        <StateBadge state={state} />
      </Table.Cell>
      <Table.Cell>{last_sign_in_at === null ? 'never' : <Time value={last_sign_in_at} />}</Table.Cell>
      <Table.Cell>
        <Flex gap="2" justify="end">
          <ActionButton
            size="1"
            variant="soft"
            reason={reason}
            loading={invite.isPending}
            title="For somebody who lost the first one, their password or their telephone"
            onClick={() => void sendLink()}
          >
            New link
          </ActionButton>
          <ActionButton
            size="1"
            variant="soft"
            color="gray"
            reason={reason}
            aria-label={`Remove ${email}`}
            onClick={onRemove}
          >
            Remove
          </ActionButton>
        </Flex>
      </Table.Cell>
    </Table.Row>
  )
}

/** Takes effect at once and ends their sessions, so that nobody keeps what they may no longer do. */
function RoleChoice({ person: { id, email, role, state } }: { readonly person: DashboardUser }) {
  const change = useChange(changeDashboardUser)
  async function choose(next: DashboardUser['role']): Promise<void> {
    try {
      await change.mutateAsync({ params: { id }, body: { role: next } })
      say(`${email} is ${next} now`)
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  if (state === 'developer') return role
  return (
    <Select.Root
      size="1"
      value={role}
      disabled={change.isPending}
      onValueChange={(next) => void choose(next as typeof role)}
    >
      <Select.Trigger aria-label={`Role of ${email}`} variant="soft" color="gray" />
      <Select.Content position="popper">
        {dashboardRoles.map((each) => (
          <Select.Item key={each} value={each}>
            {each}
          </Select.Item>
        ))}
      </Select.Content>
    </Select.Root>
  )
}
