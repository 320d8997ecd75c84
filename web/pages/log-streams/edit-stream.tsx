import { useState } from 'react'
import { type LogStream, updateLogStream } from '#contracts/log-streams.ts'
import { useChange } from '../../api/queries.ts'
import { ChangedMeanwhile } from '../../ui/changed-meanwhile.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { datadogSites } from './destination.ts'

interface Props {
  readonly stream: LogStream
  readonly onClose: () => void
}

/** What was wrong most often: the secret, the region, the address. A secret that is left empty stays. */
export function EditStream({ stream, onClose }: Props) {
  const update = useChange(updateLogStream)
  const { type, datadog, https, splunk } = stream
  const [name, setName] = useState(stream.name)
  const [site, setSite] = useState(datadog?.site ?? 'US1')
  const [url, setUrl] = useState(https?.url ?? splunk?.url ?? '')
  const [secret, setSecret] = useState('')
  const given = secret.trim() !== ''
  return (
    <FormDialog
      title="Edit log stream"
      action="Save Log Stream Details"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name', 'datadog.api_key', 'https.url', 'splunk.url', 'splunk.token']}
      onSubmit={async () => {
        await update.mutateAsync({
          params: { id: stream.id },
          body: {
            name: name.trim(),
            ...(type === 'datadog' && { datadog: { site, ...(given && { api_key: secret.trim() }) } }),
            ...(type === 'https' && { https: { url: url.trim() } }),
            ...(type === 's3' && given && { s3: { secret_access_key: secret.trim() } }),
            ...(type === 'splunk' && { splunk: { url: url.trim(), ...(given && { token: secret.trim() }) } }),
          },
        })
        onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          <ChangedMeanwhile updatedAt={stream.updated_at} onTakeTheirs={() => setName(stream.name)} />
          <TextInput label="Name" value={name} onChange={setName} error={refusalOf(error, 'name')} />
          {type === 'datadog' && (
            <>
              <ChoiceInput label="Region" value={site} options={datadogSites} onChange={setSite} />
              <TextInput
                label="Datadog API key"
                type="password"
                value={secret}
                onChange={setSecret}
                placeholder={`keep …${datadog?.api_key_last_four ?? ''}`}
                error={refusalOf(error, 'datadog.api_key')}
              />
            </>
          )}
          {(type === 'https' || type === 'splunk') && (
            <TextInput label="URL" type="url" value={url} onChange={setUrl} error={refusalOf(error, `${type}.url`)} />
          )}
          {type === 's3' && (
            <TextInput
              label="Secret access key"
              type="password"
              value={secret}
              onChange={setSecret}
              placeholder={`keep that of ${stream.s3?.access_key_id ?? ''}`}
            />
          )}
          {type === 'splunk' && (
            <TextInput
              label="Token"
              type="password"
              value={secret}
              onChange={setSecret}
              placeholder={`keep …${splunk?.token_last_four ?? ''}`}
              error={refusalOf(error, 'splunk.token')}
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
