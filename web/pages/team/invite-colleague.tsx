import { Button, Dialog, Flex } from '@radix-ui/themes'
import { useState } from 'react'
import { type InvitedDashboardUser, inviteDashboardUser } from '#contracts/dashboard-users.ts'
import type { DashboardRole } from '#contracts/endpoint.ts'
import { useChange } from '../../api/queries.ts'
import { CopyField } from '../../ui/copy.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { ExactTime } from '../../ui/time.tsx'

const roles: readonly (readonly [DashboardRole, string])[] = [
  ['viewer', 'Viewer: may look'],
  ['admin', 'Admin: may change everything but the team and environments'],
  ['owner', 'Owner: may do everything'],
]

interface Props {
  readonly onInvited: (invited: InvitedDashboardUser) => void
  readonly onClose: () => void
}

export function InviteColleague({ onInvited, onClose }: Props) {
  const invite = useChange(inviteDashboardUser)
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<DashboardRole>('admin')
  return (
    <FormDialog
      title="Invite a colleague"
      lead="You get a link to hand over: whoever opens it sets a password and a second factor."
      action="Make the link"
      reason={email.trim() === '' ? 'An address is needed.' : undefined}
      fields={['email']}
      onSubmit={async () => {
        const invited = await invite.mutateAsync({ body: { email: email.trim(), role } })
        onClose()
        onInvited(invited)
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
          <ChoiceInput label="Role" value={role} options={roles} onChange={setRole} />
        </>
      )}
    </FormDialog>
  )
}

interface LinkProps {
  readonly invited: InvitedDashboardUser
  readonly onClose: () => void
}

export function InvitationLink({ invited, onClose }: LinkProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content maxWidth="560px">
        <Dialog.Title>A link for {invited.email}</Dialog.Title>
        <Dialog.Description size="2" mb="4">
          Hand it over by a way that only they read. It is shown now and never again, works once, and ends{' '}
          <ExactTime value={invited.invitation_expires_at} />. Links made for them before open nothing any more.
        </Dialog.Description>
        <CopyField name="Invitation link" value={invited.invitation_url} />
        <Flex justify="end" mt="4">
          <Dialog.Close>
            <Button>Done</Button>
          </Dialog.Close>
        </Flex>
      </Dialog.Content>
    </Dialog.Root>
  )
}
