import { Button, Callout, Flex } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { TextAreaInput, TextInput } from '../../ui/fields.tsx'
import { ForLooking } from '../../ui/read-only.tsx'
import { judge, type Verdict } from './signature.ts'

export function SignatureDebugger() {
  const [header, setHeader] = useState('')
  const [body, setBody] = useState('')
  const [secret, setSecret] = useState('')
  const [verdict, setVerdict] = useState<Verdict>()
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setVerdict(await judge({ header, body, secret, now: Date.now() }))
  }
  return (
    <ForLooking>
      <form onSubmit={(event) => void submit(event)}>
        <Flex direction="column" gap="3">
          <TextInput
            label="WorkOS-Signature header"
            value={header}
            onChange={setHeader}
            placeholder="t=1700000000000, v1=5257a8…"
          />
          <TextAreaInput label="Raw body" value={body} onChange={setBody} rows={4} />
          <TextInput label="Signing secret" type="password" value={secret} onChange={setSecret} />
          {verdict && (
            <Callout.Root color={verdict.ok ? 'green' : 'red'} role="status" size="1">
              <Callout.Text>
                {verdict.ok ? `It fits, and was signed ${verdict.ageSeconds} seconds ago.` : verdict.reason}
              </Callout.Text>
            </Callout.Root>
          )}
          <Flex>
            <Button type="submit" variant="soft">
              Check signature
            </Button>
          </Flex>
        </Flex>
      </form>
    </ForLooking>
  )
}
