import { Flex } from '@radix-ui/themes'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { getAuthenticationSettings } from '#contracts/authentication-settings.ts'
import type { UserId } from '#contracts/ids.ts'
import { deleteUser, getUser, type User } from '#contracts/users.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyableId, CopyTextButton } from '../../ui/copy.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { ImpersonateUser } from './impersonate-user.tsx'
import { MembershipSection } from './membership-section.tsx'
import { PasskeySection } from './passkey-section.tsx'
import { SessionSection } from './session-section.tsx'

export function UserPage() {
  const { id } = useParams()
  const query = useRead(getUser, { params: { id: id as UserId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="user" within={{ text: 'Users', to: paths.users }}>
      {(user) => <UserView user={user} />}
    </Loaded>
  )
}

function UserView({ user }: { readonly user: User }) {
  const { readOnly } = usePlace()
  const paths = usePaths()
  const navigate = useNavigate()
  const remove = useChange(deleteUser)
  const settings = useRead(getAuthenticationSettings, {}).data
  const [deleting, setDeleting] = useState(false)
  const [impersonating, setImpersonating] = useState(false)
  const offReason =
    settings === undefined
      ? 'Whether impersonation is on is still being read.'
      : settings.impersonation
        ? undefined
        : 'Impersonation is off: see Authentication.'
  const { id, email, name, email_verified, external_id, last_sign_in_at } = user
  return (
    <Page
      title={email}
      within={[{ text: 'Users', to: paths.users }]}
      badge={<StateBadge state={email_verified ? 'verified' : 'unverified'} />}
      lead={<CopyableId id={id} />}
      actions={
        <Flex gap="2" wrap="wrap">
          <CopyTextButton value={`await workos.userManagement.getUser('${id}')`} name="SDK call">
            Copy SDK call
          </CopyTextButton>
          <ActionButton variant="soft" reason={readOnly ?? offReason} onClick={() => setImpersonating(true)}>
            Sign in as them
          </ActionButton>
          <ActionButton variant="soft" color="red" reason={readOnly} onClick={() => setDeleting(true)}>
            Delete
          </ActionButton>
        </Flex>
      }
    >
      <Section title="Facts">
        <dl className="facts">
          <dt>Name</dt>
          <dd>{name ?? 'none'}</dd>
          <dt>External id</dt>
          <dd>{external_id ?? 'none'}</dd>
          <dt>Last sign-in</dt>
          <dd>{last_sign_in_at === null ? 'never' : <Time value={last_sign_in_at} />}</dd>
          <dt>Created</dt>
          <dd>
            <Time value={user.created_at} />
          </dd>
        </dl>
      </Section>
      <MembershipSection user={user} />
      <PasskeySection user={user} />
      <SessionSection user={user} />
      <Section title="JSON" lead="As the API answers it.">
        <JsonView value={user} />
      </Section>
      {impersonating && <ImpersonateUser user={user} onClose={() => setImpersonating(false)} />}
      {deleting && (
        <ConfirmDelete
          noun="user"
          name={email}
          breaks="Their memberships and sessions go with them; what they have open ends."
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            await navigate(paths.users)
          }}
          onClose={() => setDeleting(false)}
        />
      )}
    </Page>
  )
}
