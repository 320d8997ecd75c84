import { Flex, Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { type AlertRule, deleteAlertRule, listAlertRules, updateAlertRule } from '#contracts/alert-rules.ts'
import type { AlertRuleId } from '#contracts/ids.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { actions, Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/toasts.tsx'
import { OrganizationLink } from '../organizations/organization-link.tsx'
import { EditRule } from './edit-rule.tsx'
import { durationOf } from './windows.ts'

/** No event tells that a rule was changed. */
const lookAgainMs = 3000

export function AlertsPage() {
  const { readOnly } = usePlace()
  const list = useList(listAlertRules, { query: { limit: 100 } }, { refetchEveryMs: lookAgainMs })
  const remove = useChange(deleteAlertRule)
  const [editing, setEditing] = useState<AlertRuleId | 'new'>()
  /** As it is now: somebody else may change it meanwhile. Null for a new one. */
  const edited = editing === 'new' ? null : list.items.find(({ id }) => id === editing)
  const [deleting, setDeleting] = useState<AlertRule>()
  const create = (
    <ActionButton reason={readOnly} onClick={() => setEditing('new')}>
      Create alert
    </ActionButton>
  )
  return (
    <Page
      title="Alerts"
      lead="Be told when so many of some events happen within so long, by a webhook or by mail, and again when it is over."
      actions={create}
    >
      <LoadedList
        list={list}
        noun="list of alerts"
        empty={
          <Empty title="No alert yet">
            <Text as="p" size="2">
              Worth watching: sign-ins of one customer that fail, an endpoint that was switched off, and many people
              removed at once, as when somebody deletes a group by mistake.
            </Text>
            {create}
          </Empty>
        }
      >
        {(rules) => <RuleTable rules={rules} onEdit={({ id }) => setEditing(id)} onDelete={setDeleting} />}
      </LoadedList>
      {edited !== undefined && <EditRule rule={edited} onClose={() => setEditing(undefined)} />}
      {deleting && (
        <ConfirmDelete
          noun="alert"
          name={deleting.name}
          breaks="Nobody is told any more. What it told of stays in the log."
          onConfirm={() => remove.mutateAsync({ params: { id: deleting.id } })}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Page>
  )
}

interface TableProps {
  readonly rules: readonly AlertRule[]
  readonly onEdit: (rule: AlertRule) => void
  readonly onDelete: (rule: AlertRule) => void
}

function RuleTable({ rules, onEdit, onDelete }: TableProps) {
  return (
    <Rows columns={['Name', 'When', 'State', actions]}>
      {rules.map((rule) => (
        <RuleRow key={rule.id} rule={rule} onEdit={() => onEdit(rule)} onDelete={() => onDelete(rule)} />
      ))}
    </Rows>
  )
}

interface RowProps {
  readonly rule: AlertRule
  readonly onEdit: () => void
  readonly onDelete: () => void
}

function RuleRow({ rule, onEdit, onDelete }: RowProps) {
  const { id, name, events, threshold, window_seconds: window, status } = rule
  const update = useChange(updateAlertRule)
  const isOn = status === 'enabled'
  async function toggle(): Promise<void> {
    try {
      await update.mutateAsync({ params: { id }, body: { status: isOn ? 'disabled' : 'enabled' } })
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  const buttons = [
    ['Edit', onEdit],
    [isOn ? 'Disable' : 'Enable', () => void toggle()],
    ['Delete', onDelete],
  ] as const
  return (
    <Table.Row>
      <Table.RowHeaderCell className="breaks">{name}</Table.RowHeaderCell>
      <Table.Cell>
        {threshold} of {events.length === 1 ? <code>{events[0]}</code> : `${events.length} kinds of events`} within{' '}
        {durationOf(window)}
        {rule.organization_id !== null && (
          <>
            , of <OrganizationLink id={rule.organization_id} />
          </>
        )}
        {rule.organization_id === null && rule.scope === 'each_organization' && ', for each organization'}
      </Table.Cell>
      <Table.Cell>
        {rule.firing.length === 0 ? <StateBadge state={status} /> : <Firing places={rule.firing} />}
      </Table.Cell>
      <Table.Cell>
        <Flex gap="2" justify="end" wrap="wrap">
          {buttons.map(([text, act]) => (
            <RowAction key={text} aria-label={`${text} ${name}`} onClick={act}>
              {text}
            </RowAction>
          ))}
        </Flex>
      </Table.Cell>
    </Table.Row>
  )
}

const mostShown = 3

function Firing({ places }: { readonly places: AlertRule['firing'] }) {
  return (
    <Flex direction="column" gap="1" align="start">
      <StateBadge state="failing" text="Firing" />
      {places.slice(0, mostShown).map(({ organization_id: organization, since }) => (
        <Text key={organization ?? ''} size="1">
          {organization !== null && (
            <>
              <OrganizationLink id={organization} />,{' '}
            </>
          )}
          since <Time value={since} />
        </Text>
      ))}
      {places.length > mostShown && <Text size="1">and {places.length - mostShown} more organizations</Text>}
    </Flex>
  )
}
