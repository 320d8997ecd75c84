import { Callout, Flex, Text } from '@radix-ui/themes'
import { Link, useParams } from 'react-router'
import { getDirectory } from '#contracts/directories.ts'
import { getDirectoryUserProvisioning } from '#contracts/directory-provisioning.ts'
import { getDirectoryUserRole } from '#contracts/directory-roles.ts'
import { type DirectoryUserWithGroups, getDirectoryUser } from '#contracts/directory-users.ts'
import type { DirectoryUserId } from '#contracts/ids.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyableId, CopyTextButton } from '../../ui/copy.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { GroupTable } from './groups-tab.tsx'

export function DirectoryUserPage() {
  const { id } = useParams()
  const query = useRead(getDirectoryUser, { params: { id: id as DirectoryUserId } }) // the server judges it
  const paths = usePaths()
  return (
    <Loaded query={query} noun="directory user" within={{ text: 'Organizations', to: paths.organizations }}>
      {(user) => <UserView user={user} />}
    </Loaded>
  )
}

function UserView({ user }: { readonly user: DirectoryUserWithGroups }) {
  const paths = usePaths()
  const directory = useRead(getDirectory, { params: { id: user.directory_id } })
  const role = useRead(getDirectoryUserRole, { params: { id: user.id } })
  const { data: provisioning } = useRead(getDirectoryUserProvisioning, { params: { id: user.id } })
  return (
    <Page
      title={user.name ?? user.username ?? user.id}
      within={[
        { text: directory.data?.name ?? user.directory_id, to: `${paths.directory(user.directory_id)}?tab=users` },
      ]}
      badge={<StateBadge state={user.state} />}
      lead={<CopyableId id={user.id} />}
      actions={
        <CopyTextButton value={`await workos.directorySync.getUser('${user.id}')`} name="SDK call">
          Copy SDK call
        </CopyTextButton>
      }
    >
      {provisioning?.refusal && (
        <Callout.Root color="red" size="1">
          <Callout.Text>
            Not provisioned since <Time value={provisioning.refusal.refused_at} />: {provisioning.refusal.message} The
            next change in the directory is the next attempt.
          </Callout.Text>
        </Callout.Root>
      )}
      <Section title="Facts">
        <dl className="facts">
          <dt>E-mail</dt>
          <dd>{user.email ?? 'none'}</dd>
          <dt>User name</dt>
          <dd>{user.username}</dd>
          <dt>Id over there</dt>
          <dd>{user.idp_id}</dd>
          <dt>Job title</dt>
          <dd>{user.job_title ?? 'none'}</dd>
          <dt>Role</dt>
          <dd>{role.data && <RoleReason slug={role.data.role.slug} group={role.data.groups[0]?.group_name} />}</dd>
          <dt>User here</dt>
          <dd>
            {provisioning?.user_id == null ? (
              'none'
            ) : (
              <Link to={paths.user(provisioning.user_id)}>{provisioning.user_id}</Link>
            )}
          </dd>
          <dt>Created, updated</dt>
          <dd>
            <Time value={user.created_at} />, <Time value={user.updated_at} />
          </dd>
        </dl>
      </Section>
      <Section title="Groups">
        {user.groups.length > 0 ? (
          <GroupTable groups={user.groups} />
        ) : (
          <Text as="p" size="2" className="soft flush">
            None.
          </Text>
        )}
      </Section>
      <Section title="JSON" lead="As the API answers it.">
        <Flex direction="column">
          <JsonView value={user} />
        </Flex>
      </Section>
    </Page>
  )
}

function RoleReason({ slug, group }: { readonly slug: string; readonly group: string | undefined }) {
  return (
    <>
      <strong>{slug}</strong> {group === undefined ? 'by default' : `because of the group ${group}`}
    </>
  )
}
