import { Button, Flex, Heading, Text } from '@radix-ui/themes'
import { type Mail, listMailbox } from '#contracts/mailbox.ts'
import { useList } from '../../api/queries.ts'
import { CopyField } from '../../ui/copy.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page, Section } from '../../ui/page.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'

/** Mail leaves no event behind. */
const lookAgainMs = 3000

export function MailboxPage() {
  const list = useList(listMailbox, { query: { limit: 25 } }, { refetchEveryMs: lookAgainMs })
  return (
    <Page
      title="Mailbox"
      lead="What was mailed to people of this environment, with the code or the link taken out. On a developer’s machine nothing leaves it: the mail is read here."
    >
      <LoadedList
        list={list}
        noun="mailbox"
        empty={
          <Empty title="No mail yet">
            <Text as="p" size="2">
              Ask the login box for a code, or invite somebody: the mail shows here by itself.
            </Text>
          </Empty>
        }
      >
        {(mails) => (
          <Flex direction="column" gap="4">
            {mails.map((mail) => (
              <Message key={mail.id} mail={mail} />
            ))}
          </Flex>
        )}
      </LoadedList>
    </Page>
  )
}

function Message({ mail }: { readonly mail: Mail }) {
  const { subject, to, kind, state, error, text, code, link, created_at } = mail
  return (
    <Section
      title={subject ?? kind.replaceAll('_', ' ')}
      lead={
        <>
          to {to}, <Time value={created_at} />
        </>
      }
      actions={<StateBadge state={state} text={state} />}
    >
      <Flex direction="column" gap="3">
        {code !== null && <CopyField name="Code" value={code} />}
        {link !== null && (
          <Flex direction="column" gap="2" align="start">
            <div className="full">
              <CopyField name="Link" value={link} />
            </div>
            {/^https?:/.test(link) && (
              <Button asChild variant="soft">
                <a href={link} target="_blank" rel="noreferrer">
                  Open link
                </a>
              </Button>
            )}
          </Flex>
        )}
        {error !== null && (
          <Text as="p" size="2" color="red" className="flush">
            {error}
          </Text>
        )}
        {text !== null && (
          <details>
            <summary>
              <Heading as="h3" size="2" className="inline">
                Text
              </Heading>
            </summary>
            <pre className="answer wide">{text}</pre>
          </details>
        )}
      </Flex>
    </Section>
  )
}
