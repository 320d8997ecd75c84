import { Button, Callout, Flex, Table, Text } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { useSearchParams } from 'react-router'
import { listRejectedRedirects, testRedirect } from '#contracts/overview.ts'
import { createRedirectUri } from '#contracts/redirects.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { ForLooking } from '../../ui/read-only.tsx'
import { wordsOf } from '../../ui/refusal.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/toasts.tsx'

/** Nothing tells of refusals: they come from browsers. */
const lookAgainMs = 5000

/** Answers what a sign-in would be answered, and shows what was refused lately. */
export function RedirectTester() {
  // The page that refuses an address leads here with it.
  const [query] = useSearchParams()
  const [typed, setTyped] = useState(query.get('uri') ?? '')
  const [uri, setUri] = useState(typed)
  function submit(event: FormEvent): void {
    event.preventDefault()
    setUri(typed.trim())
  }
  return (
    <Section title="Test a URL" lead="Whether people may be sent to an address after signing in, and why not.">
      <Flex direction="column" gap="4">
        <form onSubmit={submit} noValidate>
          <Flex gap="3" align="start" wrap="wrap">
            <div className="grows">
              <ForLooking>
                <TextInput
                  label="Address"
                  type="url"
                  value={typed}
                  placeholder="https://app.acme.com/callback"
                  onChange={setTyped}
                />
              </ForLooking>
            </div>
            <Button type="submit" variant="soft" mt="5" disabled={typed.trim() === ''}>
              Test
            </Button>
          </Flex>
        </form>
        {uri !== '' && <Verdict uri={uri} />}
        <Rejected />
      </Flex>
    </Section>
  )
}

function Verdict({ uri }: { readonly uri: string }) {
  const query = useRead(testRedirect, { query: { uri } })
  return (
    <div aria-live="polite">
      <Loaded query={query} noun="answer">
        {({ matches, nearest, refusal }) => (
          <Callout.Root color={matches === null ? 'amber' : 'green'} size="1">
            <Callout.Text className="breaks">
              {matches !== null && (matches === uri ? 'It is registered.' : `Allowed by ${matches}.`)}
              {matches === null && `Nothing registered allows it. ${refusal ?? 'It could be registered as it is.'}`}
              {nearest !== null && ` Most like it: ${nearest}`}
            </Callout.Text>
            {matches === null && refusal === null && (
              <Flex>
                <AddButton uri={uri} />
              </Flex>
            )}
          </Callout.Root>
        )}
      </Loaded>
    </div>
  )
}

function Rejected() {
  const query = useRead(listRejectedRedirects, {}, { refetchEveryMs: lookAgainMs })
  const rejected = query.data?.data ?? []
  if (rejected.length === 0) return undefined
  return (
    <Flex direction="column" gap="2">
      <Text as="p" size="2" weight="medium" className="flush">
        Refused lately
      </Text>
      <Rows isDense>
        {rejected.map(({ uri, times, last_seen_at }) => (
          <Table.Row key={uri}>
            <Table.RowHeaderCell className="breaks code">{uri}</Table.RowHeaderCell>
            <Table.Cell>
              {times === 1 ? 'once' : `${times} times`}, <Time value={last_seen_at} />
            </Table.Cell>
            <Table.Cell align="right">
              <AddButton uri={uri} />
            </Table.Cell>
          </Table.Row>
        ))}
      </Rows>
    </Flex>
  )
}

/** Only for an address that is one’s own: whoever asked for it may be a stranger. */
function AddButton({ uri }: { readonly uri: string }) {
  const { readOnly } = usePlace()
  const create = useChange(createRedirectUri)
  async function add(): Promise<void> {
    try {
      await create.mutateAsync({ body: { uri } })
      say(`${uri} is registered`)
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <ActionButton
      size="1"
      variant="soft"
      reason={readOnly}
      loading={create.isPending}
      title="Register it, if it is yours"
      onClick={() => void add()}
    >
      Register it
    </ActionButton>
  )
}
