import { useState } from 'react'
import { useNavigate } from 'react-router'
import { createLogStream, type DatadogSite, type LogStreamCreate, type LogStreamType } from '#contracts/log-streams.ts'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { datadogSites, streamTypes } from './destination.ts'

interface Form {
  readonly type: LogStreamType
  readonly name: string
  readonly site: DatadogSite
  /** API key or token, as the destination calls it. */
  readonly secret: string
  readonly url: string
  readonly bucket: string
  readonly region: string
  readonly accessKey: string
  readonly file: string
  readonly start: 'end' | 'beginning'
}

const empty: Form = {
  type: 'datadog',
  name: '',
  site: 'US1',
  secret: '',
  url: '',
  bucket: '',
  region: 'us-east-1',
  accessKey: '',
  file: 'events.ndjson',
  start: 'end',
}

interface Props {
  readonly type: LogStreamType
  readonly onClose: () => void
}

export function CreateStream({ type, onClose }: Props) {
  const create = useChange(createLogStream)
  const navigate = useNavigate()
  const paths = usePaths()
  const [form, setForm] = useState<Form>({ ...empty, type })
  const set =
    <Name extends keyof Form>(name: Name) =>
    (value: Form[Name]) =>
      setForm({ ...form, [name]: value })
  return (
    <FormDialog
      title={type === 'datadog' ? 'Stream to Datadog' : 'Stream events'}
      action="Save Log Stream Details"
      reason={missingIn(form)}
      fields={['datadog.api_key', 'https.url', 'splunk.url', 'splunk.token', 's3.endpoint', 'file.name']}
      onSubmit={async () => {
        const made = await create.mutateAsync({ body: bodyOf(form) })
        await navigate(paths.logStream(made.id))
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <ChoiceInput label="Destination" value={form.type} options={streamTypes} onChange={set('type')} />
          <TextInput label="Name" value={form.name} onChange={set('name')} placeholder="Optional" />
          <Destination form={form} set={set} error={error} />
          <ChoiceInput
            label="Begin with"
            value={form.start}
            options={[
              ['end', 'What happens from now on'],
              ['beginning', 'The beginning of the log'],
            ]}
            onChange={set('start')}
          />
        </>
      )}
    </FormDialog>
  )
}

interface DestinationProps {
  readonly form: Form
  readonly set: <Name extends keyof Form>(name: Name) => (value: Form[Name]) => void
  readonly error: Error | null
}

function Destination({ form, set, error }: DestinationProps) {
  switch (form.type) {
    case 'datadog':
      return (
        <>
          <TextInput
            label="Datadog API key"
            type="password"
            value={form.secret}
            onChange={set('secret')}
            hint="Kept sealed; its last four characters are shown."
            error={refusalOf(error, 'datadog.api_key')}
          />
          <ChoiceInput
            label="Region"
            value={form.site}
            options={datadogSites}
            onChange={set('site')}
            hint="The site in the address of your Datadog. A key of another site is refused."
          />
        </>
      )
    case 'splunk':
      return (
        <>
          <TextInput
            label="Collector URL"
            type="url"
            value={form.url}
            onChange={set('url')}
            placeholder="https://splunk.acme.com:8088"
            error={refusalOf(error, 'splunk.url')}
          />
          <TextInput
            label="Token"
            type="password"
            value={form.secret}
            onChange={set('secret')}
            error={refusalOf(error, 'splunk.token')}
          />
        </>
      )
    case 'https':
      return (
        <TextInput
          label="URL"
          type="url"
          value={form.url}
          onChange={set('url')}
          placeholder="https://logs.acme.com/gatehouse"
          hint="Takes POSTs of newline-delimited JSON."
          error={refusalOf(error, 'https.url')}
        />
      )
    case 's3':
      return (
        <>
          <TextInput label="Bucket" value={form.bucket} onChange={set('bucket')} />
          <TextInput label="AWS region" value={form.region} onChange={set('region')} />
          <TextInput label="Access key id" value={form.accessKey} onChange={set('accessKey')} />
          <TextInput
            label="Secret access key"
            type="password"
            value={form.secret}
            onChange={set('secret')}
            hint="Kept sealed and never shown again. It needs s3:PutObject on the bucket."
          />
          <TextInput
            label="Endpoint"
            type="url"
            value={form.url}
            onChange={set('url')}
            placeholder="Amazon"
            hint="Of something else that speaks S3, such as MinIO or R2."
            error={refusalOf(error, 's3.endpoint')}
          />
        </>
      )
    case 'file':
      return (
        <TextInput
          label="File name"
          value={form.file}
          onChange={set('file')}
          hint="In the folder that the operator allows for it."
          error={refusalOf(error, 'file.name')}
        />
      )
    case 'stdout':
      return undefined
    default:
      return form.type satisfies never
  }
}

function missingIn({ type, secret, url, bucket, region, accessKey, file }: Form): string | undefined {
  if (type === 'datadog') return secret.trim() === '' ? 'Enter the API key.' : undefined
  if (type === 'splunk') return url.trim() === '' || secret.trim() === '' ? 'Enter URL and token.' : undefined
  if (type === 'https') return url.trim() === '' ? 'Enter the URL.' : undefined
  if (type === 's3')
    return [bucket, region, accessKey, secret].some((text) => text.trim() === '')
      ? 'Enter bucket, region and both keys.'
      : undefined
  return type === 'file' && file.trim() === '' ? 'Enter a name.' : undefined
}

function bodyOf({ type, name, site, secret, url, bucket, region, accessKey, file, start }: Form): LogStreamCreate {
  const common = { type, start, ...(name.trim() !== '' && { name: name.trim() }) }
  switch (type) {
    case 'datadog':
      return { ...common, datadog: { api_key: secret.trim(), site } }
    case 'splunk':
      return { ...common, splunk: { url: url.trim(), token: secret.trim() } }
    case 'https':
      return { ...common, https: { url: url.trim() } }
    case 's3':
      return {
        ...common,
        s3: {
          bucket: bucket.trim(),
          region: region.trim(),
          access_key_id: accessKey.trim(),
          secret_access_key: secret.trim(),
          ...(url.trim() !== '' && { endpoint: url.trim() }),
        },
      }
    case 'file':
      return { ...common, file: { name: file.trim() } }
    case 'stdout':
      return common
    default:
      return type satisfies never
  }
}
