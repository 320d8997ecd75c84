import { type AlertRule, createAlertRule, getAlertRule, updateAlertRule } from '#contracts/alert-rules.ts'
import { eventPayloads } from '#contracts/events.ts'
import type { WebhookEndpointId } from '#contracts/ids.ts'
import { listWebhookEndpoints } from '#contracts/webhooks.ts'
import { useChange, useList, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { EventChoice } from '../webhooks/event-choice.tsx'
import { durationOf, windows } from './windows.ts'

/** An alert about alerts would never end. */
const watchable = Object.keys(eventPayloads).filter((name) => !name.startsWith('alert.'))
const fields = ['name', 'events', 'threshold', 'emails', 'webhook_endpoint_id']
const nobody = 'none'

interface Draft {
  readonly name: string
  readonly events: readonly string[]
  readonly threshold: string
  readonly window: string
  readonly scope: AlertRule['scope']
  readonly endpoint: string
  readonly emails: string
}

function draftOf(rule: AlertRule | null): Draft {
  return {
    name: rule?.name ?? '',
    events: rule?.events ?? ['authentication.sso_failed'],
    threshold: String(rule?.threshold ?? 5),
    window: String(rule?.window_seconds ?? 300),
    scope: rule?.scope ?? 'each_organization',
    endpoint: rule?.webhook_endpoint_id ?? nobody,
    emails: rule?.emails.join(', ') ?? '',
  }
}

interface Props {
  /** Null for a new one. */
  readonly rule: AlertRule | null
  readonly onClose: () => void
}

export function EditRule({ rule, onClose }: Props) {
  const [create, update] = [useChange(createAlertRule), useChange(updateAlertRule)]
  const endpoints = useList(listWebhookEndpoints, { query: { limit: 100 } })
  const query = useRead(
    getAlertRule,
    { params: { id: rule?.id ?? 'alert_rule_' } },
    { ...whileEdited, enabled: rule !== null },
  )
  const { draft, set, notice, undecided, save } = useDraft({ thing: rule, query, draftOf })
  const offered = [...new Set([...windows, Number(draft.window)])].toSorted((a, b) => a - b)
  return (
    <FormDialog
      title={rule ? 'Edit alert' : 'Create alert'}
      action={rule ? 'Save' : 'Create alert'}
      reason={undecided ?? problemOf(draft)}
      fields={fields}
      onSubmit={async () => {
        const saved = await save((agreed) => {
          const body = bodyOf(rule, agreed)
          return rule ? update.mutateAsync({ params: { id: rule.id }, body }) : create.mutateAsync({ body })
        })
        if (saved) onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(name) => set({ name })}
            placeholder="Sign-ins of a customer fail"
            error={refusalOf(error, 'name')}
            autoFocus
          />
          <EventChoice
            names={watchable}
            value={draft.events}
            onChange={(events) => set({ events })}
            error={refusalOf(error, 'events')}
          />
          <TextInput
            label="How many"
            value={draft.threshold}
            onChange={(threshold) => set({ threshold })}
            error={refusalOf(error, 'threshold')}
          />
          <ChoiceInput
            label="Within"
            value={draft.window}
            options={offered.map((seconds) => [String(seconds), durationOf(seconds)] as const)}
            onChange={(window) => set({ window })}
          />
          {!rule?.organization_id && (
            <ChoiceInput
              label="Counted"
              value={draft.scope}
              options={[
                ['each_organization', 'For each organization by itself'],
                ['environment', 'All together'],
              ]}
              onChange={(scope) => set({ scope })}
            />
          )}
          <ChoiceInput
            label="Webhook"
            hint="Told besides the endpoints that subscribe to alert.firing and alert.recovered."
            value={draft.endpoint}
            options={[
              [nobody, 'None'],
              ...endpoints.items.map(({ id, endpoint_url: url }) => [id as string, url] as const),
              // Of a page of endpoints that is still on its way, or of a later one.
              ...(draft.endpoint === nobody || endpoints.items.some(({ id }) => id === draft.endpoint)
                ? []
                : [[draft.endpoint, draft.endpoint] as const]),
            ]}
            onChange={(endpoint) => set({ endpoint })}
            error={refusalOf(error, 'webhook_endpoint_id')}
          />
          <TextInput
            label="E-mail"
            hint="Several with commas between them."
            value={draft.emails}
            onChange={(emails) => set({ emails })}
            placeholder="oncall@example.com"
            error={refusalOf(error, 'emails')}
          />
        </>
      )}
    </FormDialog>
  )
}

function bodyOf(rule: AlertRule | null, draft: Draft) {
  return {
    name: draft.name.trim(),
    events: [...draft.events],
    threshold: Number(draft.threshold),
    window_seconds: Number(draft.window),
    // A rule about one organization counts nothing but that one.
    ...(!rule?.organization_id && { scope: draft.scope }),
    webhook_endpoint_id: draft.endpoint === nobody ? null : (draft.endpoint as WebhookEndpointId), // one of the options
    emails: draft.emails.split(/[\s,]+/).filter((email) => email !== ''),
  }
}

function problemOf({ name, events, threshold }: Draft): string | undefined {
  if (name.trim() === '') return 'Enter a name.'
  if (events.length === 0) return 'Choose an event.'
  return /^[1-9]\d{0,2}$|^1000$/.test(threshold) ? undefined : 'How many is a number from 1 to 1000.'
}
