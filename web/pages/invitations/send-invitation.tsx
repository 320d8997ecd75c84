import { useState } from 'react'
import type { OrganizationId } from '#contracts/ids.ts'
import { sendInvitation } from '#contracts/invitations.ts'
import { listOrganizations } from '#contracts/organizations.ts'
import { listOrganizationRoles } from '#contracts/roles.ts'
import { useChange, useList, useRead } from '../../api/queries.ts'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Picker } from '../../ui/picker.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

const nowhere = 'none'
const defaultRole = 'default role'

const lifetimes = [
  ['1', 'A day'],
  ['7', 'A week'],
  ['30', '30 days'],
] as const

interface Props {
  /** Given where the organization is known. */
  readonly organization?: OrganizationId
  readonly onClose: () => void
}

export function SendInvitation({ organization: given, onClose }: Props) {
  const send = useChange(sendInvitation)
  const organizations = useList(listOrganizations, { query: { limit: 100 } }, { enabled: given === undefined })
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState<string>(given ?? nowhere)
  const [role, setRole] = useState(defaultRole)
  const [days, setDays] = useState<(typeof lifetimes)[number][0]>('7')
  const isMember = chosen !== nowhere
  const roles = useRead(
    listOrganizationRoles,
    { params: { organization_id: chosen as OrganizationId } }, // of the list, or not asked for
    { enabled: isMember },
  )
  return (
    <FormDialog
      title="Invite somebody"
      action="Send invitation"
      reason={email.trim() === '' ? 'An address is needed.' : undefined}
      fields={['email']}
      onSubmit={async () => {
        await send.mutateAsync({
          body: {
            email: email.trim(),
            expires_in_days: Number(days),
            ...(isMember && { organization_id: chosen }),
            ...(isMember && role !== defaultRole && { role_slug: role }),
          },
        })
        say(`Invitation sent to ${email.trim()}`)
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
          {given === undefined && (
            <Picker
              label="Organization"
              value={chosen}
              placeholder="None"
              isReading={organizations.query.isPending}
              options={[
                { value: nowhere, text: 'None: to the application alone' },
                ...organizations.items.map(({ id, name, domains }) => ({
                  value: id,
                  text: name,
                  aliases: domains.map(({ domain }) => domain),
                })),
              ]}
              onChange={(next) => {
                setChosen(next)
                // The other organization may not have it.
                setRole(defaultRole)
              }}
            />
          )}
          {isMember && (
            <ChoiceInput
              label="Role"
              value={role}
              options={[
                [defaultRole, 'The default one'] as const,
                ...(roles.data?.data ?? []).map(({ slug, name }) => [slug, name] as const),
              ]}
              onChange={setRole}
            />
          )}
          <ChoiceInput label="Good for" value={days} options={lifetimes} onChange={setDays} />
        </>
      )}
    </FormDialog>
  )
}
