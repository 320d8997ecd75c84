import { Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import { getCurrentEnvironment, updateCurrentEnvironment } from '#contracts/environments.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { CopyableId } from '../../ui/copy.tsx'
import { SwitchInput } from '../../ui/fields.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ReadOnlyNotice } from '../../ui/read-only.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { Time } from '../../ui/time.tsx'

export function SettingsPage() {
  const paths = usePaths()
  const query = useRead(getCurrentEnvironment, {})
  const update = useChange(updateCurrentEnvironment)
  return (
    <Page title="Settings" lead="Of this environment alone.">
      <Loaded query={query} noun="environment">
        {(environment) => (
          <>
            <ReadOnlyNotice />
            <Section title="Environment">
              <dl className="facts">
                <dt>Name</dt>
                <dd>{environment.name}</dd>
                <dt>Kind</dt>
                <dd>{environment.kind}</dd>
                <dt>Id</dt>
                <dd>
                  <CopyableId id={environment.id} />
                </dd>
                <dt>Created</dt>
                <dd>
                  <Time value={environment.created_at} />
                </dd>
              </dl>
            </Section>
            <Section title="Directory Sync">
              <SwitchInput
                label="Keep inactive directory users"
                hint="People whom their identity provider deactivates stay, as inactive, for your application too. Off, it receives dsync.user.deleted for them. Changing this announces everybody it concerns."
                checked={
                  update.isPending
                    ? (update.variables.body.keep_inactive_directory_users ?? false)
                    : environment.keep_inactive_directory_users
                }
                onChange={(keep) => update.mutate({ body: { keep_inactive_directory_users: keep } })}
              />
              <Refusal error={update.error} />
            </Section>
            <Text as="p" size="1" className="soft">
              Its name, and other environments: <Link to={paths.environments}>Environments</Link>
            </Text>
          </>
        )}
      </Loaded>
    </Page>
  )
}
