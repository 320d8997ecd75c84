import { Table, Text } from '@radix-ui/themes'
import { listUserSessions, revokeSession, type Session } from '#contracts/sessions.ts'
import type { User } from '#contracts/users.ts'
import { useChange, useList } from '../../api/queries.ts'
import { LoadedList } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { sayRefusal } from '../../ui/refusal.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'

export function SessionSection({ user }: { readonly user: User }) {
  const list = useList(listUserSessions, { params: { id: user.id }, query: { limit: 25 } })
  return (
    <Section title="Sessions">
      <LoadedList
        list={list}
        noun="list of sessions"
        empty={
          <Text as="p" size="2" className="soft flush">
            None.
          </Text>
        }
      >
        {(sessions) => (
          <Rows isDense>
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </Rows>
        )}
      </LoadedList>
    </Section>
  )
}

function SessionRow({ session }: { readonly session: Session }) {
  const revoke = useChange(revokeSession)
  const { id, auth_method, ip_address, user_agent, impersonator, status, created_at } = session
  return (
    <Table.Row>
      <Table.RowHeaderCell>
        <Time value={created_at} /> by {auth_method.replaceAll('_', ' ')}
        {impersonator && (
          <Text as="div" size="1">
            impersonated by {impersonator.email}: {impersonator.reason}
          </Text>
        )}
      </Table.RowHeaderCell>
      <Table.Cell className="breaks">
        {ip_address}
        <Text as="div" size="1" className="soft">
          {user_agent}
        </Text>
      </Table.Cell>
      <Table.Cell>
        <StateBadge state={status} />
      </Table.Cell>
      <Table.Cell align="right">
        {status === 'active' && (
          <RowAction
            loading={revoke.isPending}
            onClick={() => revoke.mutate({ body: { session_id: id } }, { onError: sayRefusal })}
          >
            End session
          </RowAction>
        )}
      </Table.Cell>
    </Table.Row>
  )
}
