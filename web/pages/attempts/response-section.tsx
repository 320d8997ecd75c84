import { Callout, Flex, Text } from '@radix-ui/themes'
import {
  type Replay,
  replayRefusedResponse,
  revealRefusedResponse,
  type SignInAttemptTrace,
} from '#contracts/sign-in-attempts.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Snippet } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { CheckList } from './check-list.tsx'

/** The answer that was refused: judged again after something was changed, or shown to whoever may see it. */
export function ResponseSection({ attempt }: { readonly attempt: SignInAttemptTrace }) {
  const { readOnly } = usePlace()
  const params = { id: attempt.id }
  const replay = useChange(replayRefusedResponse)
  const reveal = useChange(revealRefusedResponse)
  return (
    <Section
      title="The refused response"
      lead="It is kept sealed. Replay judges it by the connection as it is now and signs nobody in; who reveals it is written down."
      actions={
        <>
          <ActionButton
            variant="soft"
            reason={readOnly}
            loading={replay.isPending}
            onClick={() => replay.mutate({ params })}
          >
            Replay
          </ActionButton>
          <ActionButton
            variant="soft"
            color="gray"
            reason={readOnly}
            loading={reveal.isPending}
            onClick={() => reveal.mutate({ params })}
          >
            Reveal
          </ActionButton>
        </>
      }
    >
      <Flex direction="column" gap="3">
        <Refusal error={replay.error ?? reveal.error} />
        {replay.data && <Outcome replay={replay.data} />}
        {reveal.data && <Snippet value={reveal.data.xml ?? reveal.data.saml_response} name="refused response" />}
      </Flex>
    </Section>
  )
}

function Outcome({ replay }: { readonly replay: Replay }) {
  const { outcome, finding, profile, checks } = replay
  return (
    <Flex direction="column" gap="3" role="status">
      <Callout.Root color={outcome === 'accepted' ? 'green' : 'red'}>
        <Callout.Text>
          {outcome === 'accepted'
            ? `It would be accepted now${profile ? `, for ${profile.email}` : ''}. Let them sign in again.`
            : `Still refused. ${finding?.message ?? ''}`}
        </Callout.Text>
      </Callout.Root>
      {checks.length > 0 && (
        <details>
          <summary>
            <Text size="2">Checks</Text>
          </summary>
          <CheckList checks={checks} />
        </details>
      )}
    </Flex>
  )
}
