import { Button, Dialog, Flex } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import {
  type ConfiguredConnection,
  type ConnectionUpdate,
  getConnection,
  updateConnection,
} from '#contracts/connections.ts'
import { samlGuideFor } from '#contracts/guides/find-guide.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { type Configuration, ConfigurationFields, type Way } from './configuration-fields.tsx'
import { SaveSteps } from './save-steps.tsx'

interface Props {
  readonly connection: ConfiguredConnection
  readonly onClose: () => void
}

/** Saves what the identity provider says about itself, and shows how far that went. */
export function EditConfiguration({ connection, onClose }: Props) {
  const update = useChange(updateConnection)
  const [way, setWay] = useState<Way>(samlGuideFor(connection.connection_type).metadata === 'file' ? 'file' : 'url')
  const query = useRead(getConnection, { params: { id: connection.id } }, whileEdited)
  const { draft, set, isSaving, error, notice, undecided, save } = useDraft({ thing: connection, query, draftOf })
  const { values } = draft
  const missing = undecided ?? missingIn(way, values)
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (missing !== undefined) return
    const params = { id: connection.id }
    await save((agreed) => update.mutateAsync({ params, body: bodyOf(way, agreed.values) })).catch(() => undefined) // shown below
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content maxWidth="600px" aria-describedby={undefined}>
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Dialog.Title>Identity Provider Configuration</Dialog.Title>
          <Flex direction="column" gap="4">
            {notice}
            <ConfigurationFields
              way={way}
              values={values}
              error={error}
              onWay={setWay}
              onChange={(next) => set({ values: next })}
            />
            <SaveSteps way={way} values={values} pending={update.isPending} saved={update.data} error={error} />
            <Refusal error={error} fields={fieldsOfWay[way]} />
            <Flex justify="end" gap="3" align="center">
              {missing !== undefined && !update.data && <span className="soft small">{missing}</span>}
              <Dialog.Close>
                <Button type="button" variant="soft" color="gray">
                  {update.data ? 'Close' : 'Cancel'}
                </Button>
              </Dialog.Close>
              <Button type="submit" disabled={missing !== undefined || isSaving} loading={isSaving}>
                Save Metadata Configuration
              </Button>
            </Flex>
          </Flex>
        </form>
      </Dialog.Content>
    </Dialog.Root>
  )
}

const fieldsOfWay: Readonly<Record<Way, readonly string[]>> = {
  url: ['idp_metadata_url'],
  file: ['idp_metadata_xml'],
  manual: ['idp_entity_id', 'idp_sso_url', 'x509_certificates'],
}

interface Draft {
  readonly values: Configuration
  /** Certificates that are there, which the form does not show but replaces. */
  readonly replaced: readonly string[]
}

function draftOf(connection: ConfiguredConnection): Draft {
  return {
    values: {
      url: connection.idp_metadata_url ?? '',
      xml: '',
      entityId: connection.idp_entity_id ?? '',
      ssoUrl: connection.idp_sso_url ?? '',
      certificates: '',
    },
    replaced: connection.certificates.map(({ fingerprint }) => fingerprint),
  }
}

function missingIn(way: Way, values: Configuration): string | undefined {
  if (way === 'url') return values.url.trim() === '' ? 'Enter the metadata URL.' : undefined
  if (way === 'file') return values.xml.trim() === '' ? 'Choose or paste the metadata.' : undefined
  const complete = [values.entityId, values.ssoUrl, values.certificates].every((value) => value.trim() !== '')
  return complete ? undefined : 'All three are needed.'
}

function bodyOf(way: Way, values: Configuration): ConnectionUpdate {
  if (way === 'url') return { idp_metadata_url: values.url.trim() }
  if (way === 'file') return { idp_metadata_xml: values.xml }
  return {
    idp_entity_id: values.entityId.trim(),
    idp_sso_url: values.ssoUrl.trim(),
    x509_certificates: splitCertificates(values.certificates),
  }
}

/** Several PEM blocks one after the other, or a single one in bare base64. */
export function splitCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [text.trim()]
}
