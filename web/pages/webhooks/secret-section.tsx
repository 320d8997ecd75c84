import { Button, Flex, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { rollWebhookSecret, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { ChoiceInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Section } from '../../ui/page.tsx'
import { say } from '../../ui/toasts.tsx'

const overlaps = [
  ['0', 'At once'],
  ['3600', 'In an hour'],
  ['86400', 'In a day'],
  ['604800', 'In a week'],
] as const

export function SecretSection({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { readOnly } = usePlace()
  const [shown, setShown] = useState(false)
  const [rolling, setRolling] = useState(false)
  return (
    <Section
      title="Signing secret"
      lead="Your application checks with it that a request is ours."
      actions={
        <ActionButton variant="soft" reason={readOnly} onClick={() => setRolling(true)}>
          Roll secret
        </ActionButton>
      }
    >
      {readOnly === undefined ? (
        <Flex direction="column" gap="3" align="start">
          {shown ? (
            <div className="full">
              <CopyField name="Signing secret" value={endpoint.secret} />
            </div>
          ) : (
            <Button variant="soft" color="gray" onClick={() => setShown(true)}>
              Reveal secret
            </Button>
          )}
        </Flex>
      ) : (
        <Text as="p" size="2" className="soft flush">
          Viewers do not see secrets.
        </Text>
      )}
      {rolling && <RollSecret endpoint={endpoint} onClose={() => setRolling(false)} />}
    </Section>
  )
}

function RollSecret({ endpoint, onClose }: { readonly endpoint: WebhookEndpoint; readonly onClose: () => void }) {
  const roll = useChange(rollWebhookSecret)
  const [overlap, setOverlap] = useState('86400')
  return (
    <FormDialog
      title="Roll the signing secret"
      lead="Deliveries carry both signatures until the old secret ends, so that your application can change in between."
      action="Roll secret"
      onSubmit={async () => {
        await roll.mutateAsync({ params: { id: endpoint.id }, body: { overlap_seconds: Number(overlap) } })
        say('Secret rolled: reveal the new one and give it to your application')
        onClose()
      }}
      onClose={onClose}
    >
      {() => <ChoiceInput label="The old secret ends" value={overlap} options={overlaps} onChange={setOverlap} />}
    </FormDialog>
  )
}
