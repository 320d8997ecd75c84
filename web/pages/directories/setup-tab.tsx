import { Callout, Flex, Grid, Text } from '@radix-ui/themes'
import { useState } from 'react'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import { scimGuideFor } from '#contracts/guides/find-guide.ts'
import { CopyField } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { GuidePanel } from '../guides/guide-panel.tsx'
import { keepToken, keptToken } from './new-token.ts'
import { SyncProgress } from './sync-progress.tsx'
import { TokenSection } from './token-section.tsx'

export function SetupTab({ directory }: { readonly directory: ConfiguredDirectory }) {
  const { endpoint, type, id } = directory
  const guide = scimGuideFor(type)
  const [token, setToken] = useState(() => keptToken(id))
  const show = (made: string) => {
    keepToken(id, made)
    setToken(made)
  }
  return (
    <Grid columns={{ initial: '1', md: '2' }} gap="5" align="start">
      <Flex direction="column" gap="5" minWidth="0">
        <Section title="Endpoint and Bearer Token">
          <Flex direction="column" gap="3">
            {token !== undefined && (
              <Callout.Root color="green" size="1">
                <Callout.Text>
                  Your {guide.provider} directory sync has been created. Copy both values now: the token is not shown
                  again once you leave this page.
                </Callout.Text>
              </Callout.Root>
            )}
            <CopyField name="Endpoint" value={endpoint} />
            {token === undefined ? (
              <Text as="p" size="2" className="soft flush">
                Bearer tokens are shown once, when they are made. Below you can make another one.
              </Text>
            ) : (
              <CopyField name="Bearer Token" value={token} />
            )}
          </Flex>
        </Section>
        <SyncProgress directory={directory} />
        <TokenSection directory={directory} onToken={show} />
      </Flex>
      <GuidePanel guide={guide} values={{ endpoint, ...(token !== undefined && { bearer_token: token }) }} />
    </Grid>
  )
}
