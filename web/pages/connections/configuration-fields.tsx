import { Button, Flex, SegmentedControl, Text } from '@radix-ui/themes'
import { useId } from 'react'
import { TextAreaInput, TextInput } from '../../ui/fields.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

/** How the identity provider's side comes to us. */
export type Way = 'url' | 'file' | 'manual'

export interface Configuration {
  readonly url: string
  readonly xml: string
  readonly entityId: string
  readonly ssoUrl: string
  readonly certificates: string
}

interface Props {
  readonly way: Way
  readonly values: Configuration
  readonly error: Error | null
  readonly onWay: (way: Way) => void
  readonly onChange: (values: Configuration) => void
}

export function ConfigurationFields({ way, values, error, onWay, onChange }: Props) {
  const set = (name: keyof Configuration) => (value: string) => onChange({ ...values, [name]: value })
  if (way === 'manual')
    return (
      <Flex direction="column" gap="3">
        <TextInput
          label="IdP Entity ID"
          value={values.entityId}
          onChange={set('entityId')}
          error={refusalOf(error, 'idp_entity_id')}
        />
        <TextInput
          label="IdP SSO URL"
          type="url"
          value={values.ssoUrl}
          onChange={set('ssoUrl')}
          error={refusalOf(error, 'idp_sso_url')}
        />
        <TextAreaInput
          label="X.509 Certificate"
          value={values.certificates}
          onChange={set('certificates')}
          rows={6}
          hint="All of it, from BEGIN to END. Several may follow each other."
          error={refusalOf(error, 'x509_certificates')}
        />
        <SwitchWay text="Switch to metadata" onSwitch={() => onWay('url')} />
      </Flex>
    )
  return (
    <Flex direction="column" gap="3">
      <SegmentedControl.Root value={way} onValueChange={(next) => onWay(next as Way)} aria-label="How it comes">
        <SegmentedControl.Item value="url">Metadata URL</SegmentedControl.Item>
        <SegmentedControl.Item value="file">Metadata file</SegmentedControl.Item>
      </SegmentedControl.Root>
      {way === 'url' ? (
        <TextInput
          label="Metadata URL"
          type="url"
          value={values.url}
          onChange={set('url')}
          placeholder="https://acme.okta.com/app/exk…/sso/saml/metadata"
          hint="It is read now and again from time to time, so that new certificates come by themselves."
          error={refusalOf(error, 'idp_metadata_url')}
          autoFocus
        />
      ) : (
        <>
          <MetadataFile onRead={set('xml')} />
          <TextAreaInput
            label="Metadata XML"
            value={values.xml}
            onChange={set('xml')}
            rows={8}
            error={refusalOf(error, 'idp_metadata_xml')}
          />
        </>
      )}
      <SwitchWay text="Switch to manual configuration" onSwitch={() => onWay('manual')} />
    </Flex>
  )
}

function SwitchWay({ text, onSwitch }: { readonly text: string; readonly onSwitch: () => void }) {
  return (
    <Flex>
      <Button type="button" variant="ghost" ml="1" onClick={onSwitch}>
        {text}
      </Button>
    </Flex>
  )
}

function MetadataFile({ onRead }: { readonly onRead: (xml: string) => void }) {
  const id = useId()
  return (
    <Flex direction="column" gap="1">
      <Text as="label" htmlFor={id} size="2" weight="medium">
        Metadata file
      </Text>
      <input
        id={id}
        type="file"
        accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
        className="small"
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) void file.text().then(onRead)
        }}
      />
    </Flex>
  )
}
