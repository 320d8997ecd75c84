import { Button, Callout, Flex, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { impersonateUser, type Impersonation } from '#contracts/impersonation.ts'
import { listOrganizationMemberships } from '#contracts/memberships.ts'
import type { OrganizationId } from '#contracts/ids.ts'
import type { User } from '#contracts/users.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useList } from '../../api/queries.ts'
import { CopyField } from '../../ui/copy.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { Time } from '../../ui/time.tsx'

interface Props {
  readonly user: User
  readonly onClose: () => void
}

/** Left to what signing in would choose. */
const theirs = 'theirs'

export function ImpersonateUser({ user, onClose }: Props) {
  const { session } = usePlace()
  const impersonate = useChange(impersonateUser)
  const memberships = useList(listOrganizationMemberships, { query: { user_id: user.id, limit: 50 } })
  const [reason, setReason] = useState('')
  const [organization, setOrganization] = useState<string>(theirs)
  const [made, setMade] = useState<Impersonation>()
  return (
    <FormDialog
      title={`Sign in as ${user.email}`}
      lead="Your application signs you in as them, for an hour at most. It is told who you are and why, the log and the audit trail write it down, and their list of sessions shows it."
      action={made ? 'Done' : 'Make the link'}
      reason={reason.trim() === '' ? 'Say why: it is written down.' : undefined}
      fields={['reason']}
      onSubmit={async () => {
        if (made) return onClose()
        const chosen = organization === theirs ? {} : { organization_id: organization as OrganizationId } // of the list
        const body = { impersonator_email: session.user.email, reason: reason.trim(), ...chosen }
        setMade(await impersonate.mutateAsync({ params: { id: user.id }, body }))
      }}
      onClose={onClose}
    >
      {(error) =>
        made ? (
          <LinkOnce made={made} />
        ) : (
          <>
            <TextInput
              label="Reason"
              value={reason}
              placeholder="Ticket 1234: cannot see their invoices"
              hint={`Told to the application and the log, as from ${session.user.email}.`}
              error={refusalOf(error, 'reason')}
              onChange={setReason}
              autoFocus
            />
            {memberships.items.length > 1 && (
              <ChoiceInput
                label="Organization"
                value={organization}
                options={[
                  [theirs, 'As they would choose'] as const,
                  ...memberships.items.map(
                    ({ organization_id, organization_name }) => [organization_id as string, organization_name] as const,
                  ),
                ]}
                onChange={setOrganization}
              />
            )}
          </>
        )
      }
    </FormDialog>
  )
}

function LinkOnce({ made }: { readonly made: Impersonation }) {
  return (
    <Flex direction="column" gap="3">
      <Callout.Root color="amber" size="1">
        <Callout.Text>
          Whoever opens this link first is signed in as them. It works once and ends <Time value={made.expires_at} />.
        </Callout.Text>
      </Callout.Root>
      <CopyField name="Link" value={made.url} />
      <Text as="p" size="2" className="soft flush">
        A private window keeps it apart from what you have open in your own name.
      </Text>
      <Flex>
        <Button asChild variant="soft">
          <a href={made.url} target="_blank" rel="noreferrer">
            Open it
          </a>
        </Button>
      </Flex>
    </Flex>
  )
}
