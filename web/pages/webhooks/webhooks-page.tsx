import { Table, Text } from '@radix-ui/themes'
import { useState } from 'react'
import { Link } from 'react-router'
import { listWebhookEndpoints, type WebhookEndpoint } from '#contracts/webhooks.ts'
import { usePlace } from '../../api/environment.tsx'
import { useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Snippet } from '../../ui/copy.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Empty, Page, Section } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { CreateWebhook } from './create-webhook.tsx'
import { SignatureDebugger } from './signature-debugger.tsx'

const handler = `app.post('/webhook', express.text({ type: '*/*' }), async (req, res) => {
  const event = await workos.webhooks.constructEvent({
    payload: JSON.parse(req.body),
    sigHeader: req.headers['workos-signature'],
    secret: process.env.WEBHOOK_SECRET,
  })
  res.status(200).end()
})`

export function WebhooksPage() {
  const { readOnly } = usePlace()
  const list = useList(listWebhookEndpoints, { query: { limit: 100 } })
  const [creating, setCreating] = useState(false)
  const create = (
    <ActionButton reason={readOnly} onClick={() => setCreating(true)}>
      Create endpoint
    </ActionButton>
  )
  return (
    <Page
      title="Webhooks"
      lead="Events are sent to your application as they happen, and again for up to three days when it does not answer. The Events API is the other way: your application reads at its own pace, in order."
      actions={create}
    >
      <LoadedList
        list={list}
        noun="list of webhooks"
        empty={
          <Empty title="No endpoint yet">
            <Text as="p" size="2">
              An endpoint is a URL of your application that takes a POST and checks its signature:
            </Text>
            <Snippet value={handler} name="code" />
            <Text as="p" size="2">
              On your own machine nothing else is needed: the server reaches localhost.
            </Text>
            {create}
          </Empty>
        }
      >
        {(endpoints) => <EndpointTable endpoints={endpoints} />}
      </LoadedList>
      <Section
        title="Signature debugger"
        lead="Paste what your application received and see which part does not fit. Nothing of it leaves this page."
      >
        <SignatureDebugger />
      </Section>
      {creating && <CreateWebhook onClose={() => setCreating(false)} />}
    </Page>
  )
}

function EndpointTable({ endpoints }: { readonly endpoints: readonly WebhookEndpoint[] }) {
  const paths = usePaths()
  return (
    <Rows columns={['URL', 'Events', 'State', 'Created']}>
      {endpoints.map(({ id, endpoint_url, events, status, failing_since, created_at }) => (
        <Table.Row key={id} className="linked">
          <Table.RowHeaderCell>
            <Link to={paths.webhook(id)} className="breaks">
              {endpoint_url}
            </Link>
          </Table.RowHeaderCell>
          <Table.Cell>{events.length}</Table.Cell>
          <Table.Cell>
            <StateBadge state={status === 'enabled' && failing_since !== null ? 'failing' : status} />
          </Table.Cell>
          <Table.Cell>
            <Time value={created_at} />
          </Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
