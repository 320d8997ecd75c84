import { Flex, Text } from '@radix-ui/themes'
import type { ReactNode } from 'react'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import { scimGuideFor } from '#contracts/guides/find-guide.ts'
import { CheckIcon, WaitIcon } from '../../ui/icons.tsx'
import { Section } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'

/** What the identity provider has done so far; each line ticks by itself. */
export function SyncProgress({ directory }: { readonly directory: ConfiguredDirectory }) {
  const { last_request_at, metadata, type, state } = directory
  const { provider } = scimGuideFor(type)
  const name = provider.startsWith('your ') ? 'The identity provider' : provider
  const users = metadata.users.active + metadata.users.inactive
  // The first request links the directory at once; when it came is noted a little later.
  const reached = last_request_at !== null || state === 'linked'
  return (
    <Section title="Progress">
      <ol className="progress" aria-live="polite">
        <Line done={reached}>
          {reached ? (
            <>
              {name} reached us {last_request_at !== null && <Time value={last_request_at} />}: credentials OK
            </>
          ) : (
            `Waiting for the first request of ${name.replace(/^The/, 'the')}`
          )}
        </Line>
        <Line done={users > 0}>{users > 0 ? `${users} users, ${metadata.users.active} active` : 'The first user'}</Line>
        <Line done={metadata.groups > 0}>{metadata.groups > 0 ? `${metadata.groups} groups` : 'The first group'}</Line>
      </ol>
    </Section>
  )
}

function Line({ done, children }: { readonly done: boolean; readonly children: ReactNode }) {
  return (
    <li>
      <Flex gap="2" align="center">
        <span data-mark={done ? 'done' : 'waiting'}>{done ? <CheckIcon /> : <WaitIcon />}</span>
        <Text size="2">{children}</Text>
      </Flex>
    </li>
  )
}
