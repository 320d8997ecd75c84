import { Callout, Code, Flex, Grid, Text } from '@radix-ui/themes'
import { useState } from 'react'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import { samlGuideFor } from '#contracts/guides/find-guide.ts'
import { usePlace } from '../../api/environment.tsx'
import { ActionButton } from '../../ui/action-button.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { GuidePanel } from '../guides/guide-panel.tsx'
import { Certificates } from './certificates.tsx'
import { EditConfiguration } from './edit-configuration.tsx'

export function ConfigurationTab({ connection }: { readonly connection: ConfiguredConnection }) {
  const { acs_url, sp_entity_id, sp_metadata_url, connection_type } = connection
  return (
    <Flex direction="column" gap="5">
      {connection.idp_entity_id === null && (
        <Callout.Root color="amber">
          <Callout.Text>
            No one can sign in through this connection yet: the identity provider’s metadata is missing.
          </Callout.Text>
        </Callout.Root>
      )}
      <Grid columns={{ initial: '1', md: '2' }} gap="5" align="start">
        <Flex direction="column" gap="5" minWidth="0">
          <Section
            title="Service Provider Details"
            lead="What the identity provider is told about us. These never change, whatever is edited here."
          >
            <Flex direction="column" gap="3">
              <CopyField name="ACS URL" value={acs_url} />
              <CopyField name="SP Entity ID" value={sp_entity_id} />
              <CopyField name="SP Metadata" value={sp_metadata_url} />
            </Flex>
          </Section>
          <IdentityProvider connection={connection} />
        </Flex>
        <GuidePanel guide={samlGuideFor(connection_type)} values={{ acs_url, sp_entity_id, sp_metadata_url }} />
      </Grid>
    </Flex>
  )
}

function IdentityProvider({ connection }: { readonly connection: ConfiguredConnection }) {
  const { readOnly } = usePlace()
  const [editing, setEditing] = useState(false)
  const { idp_entity_id, idp_sso_url, idp_metadata_url, certificates } = connection
  return (
    <Section
      title="Identity Provider Configuration"
      lead="What we are told about the identity provider."
      actions={
        <ActionButton
          reason={readOnly}
          variant={idp_entity_id === null ? 'solid' : 'soft'}
          onClick={() => setEditing(true)}
        >
          Edit Configuration
        </ActionButton>
      }
    >
      {idp_entity_id === null ? (
        <Text as="p" size="2" className="soft">
          Nothing yet.
        </Text>
      ) : (
        <dl className="facts">
          <dt>Metadata URL</dt>
          <dd>{idp_metadata_url === null ? 'none: configured by hand or file' : <Code>{idp_metadata_url}</Code>}</dd>
          <dt>Entity ID</dt>
          <dd>
            <Code>{idp_entity_id}</Code>
          </dd>
          <dt>SSO URL</dt>
          <dd>
            <Code>{idp_sso_url}</Code>
          </dd>
          <dt>Certificates</dt>
          <dd>
            <Certificates certificates={certificates} />
          </dd>
        </dl>
      )}
      {editing && <EditConfiguration connection={connection} onClose={() => setEditing(false)} />}
    </Section>
  )
}
