import { Button, Dialog, Flex } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { type ConfiguredConnection, type ConnectionUpdate, updateConnection } from '#contracts/connections.ts'
import { samlGuideFor } from '#contracts/guides/find-guide.ts'
import { useChange } from '../../api/queries.ts'
import { ChangedMeanwhile } from '../../ui/changed-meanwhile.tsx'
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
  const [values, setValues] = useState(() => valuesOf(connection))
  const missing = missingIn(way, values)
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (missing === undefined) update.mutate({ params: { id: connection.id }, body: bodyOf(way, values) })
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Content maxWidth="600px" aria-describedby={undefined}>
        <form onSubmit={submit} noValidate>
          <Dialog.Title>Identity Provider Configuration</Dialog.Title>
          <Flex direction="column" gap="4">
            {!update.data && (
              <ChangedMeanwhile
                updatedAt={connection.updated_at}
                onTakeTheirs={() => setValues(valuesOf(connection))}
              />
            )}
            <ConfigurationFields way={way} values={values} error={update.error} onWay={setWay} onChange={setValues} />
            <SaveSteps way={way} values={values} pending={update.isPending} saved={update.data} error={update.error} />
            <Refusal error={update.error} fields={fieldsOfWay[way]} />
            <Flex justify="end" gap="3" align="center">
              {missing !== undefined && <span className="soft small">{missing}</span>}
              <Dialog.Close>
                <Button type="button" variant="soft" color="gray">
                  {update.data ? 'Close' : 'Cancel'}
                </Button>
              </Dialog.Close>
              <Button type="submit" disabled={missing !== undefined} loading={update.isPending}>
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

function valuesOf(connection: ConfiguredConnection): Configuration {
  return {
    url: connection.idp_metadata_url ?? '',
    xml: '',
    entityId: connection.idp_entity_id ?? '',
    ssoUrl: connection.idp_sso_url ?? '',
    certificates: '',
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
