import { getLogStream, type LogStream, updateLogStream } from '#contracts/log-streams.ts'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { ChoiceInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { datadogSites } from './destination.ts'

function draftOf({ name, datadog, https, splunk, s3, updated_at: asOf }: LogStream) {
  return {
    name,
    site: datadog?.site ?? 'US1',
    url: https?.url ?? splunk?.url ?? '',
    /** What can be told of the secret that is there. */
    kept: datadog?.api_key_last_four ?? splunk?.token_last_four ?? s3?.access_key_id ?? '',
    secret: '',
    /** Of another secret nothing else may tell. */
    asOf,
  }
}

interface Props {
  readonly stream: LogStream
  readonly onClose: () => void
}

/** What was wrong most often: the secret, the region, the address. A secret that is left empty stays. */
export function EditStream({ stream, onClose }: Props) {
  const update = useChange(updateLogStream)
  const query = useRead(getLogStream, { params: { id: stream.id } }, whileEdited)
  const { draft, set, notice, undecided, save } = useDraft({ thing: stream, query, draftOf })
  const { type } = stream
  const setSecret = (secret: string) => set({ secret })
  return (
    <FormDialog
      title="Edit log stream"
      action="Save Log Stream Details"
      reason={undecided ?? (draft.name.trim() === '' ? 'It needs a name.' : undefined)}
      fields={['name', 'datadog.api_key', 'https.url', 'splunk.url', 'splunk.token']}
      onSubmit={async () => {
        const saved = await save(({ name, site, url, secret }) => {
          const given = secret.trim() !== ''
          return update.mutateAsync({
            params: { id: stream.id },
            body: {
              name: name.trim(),
              ...(type === 'datadog' && { datadog: { site, ...(given && { api_key: secret.trim() }) } }),
              ...(type === 'https' && { https: { url: url.trim() } }),
              ...(type === 's3' && given && { s3: { secret_access_key: secret.trim() } }),
              ...(type === 'splunk' && { splunk: { url: url.trim(), ...(given && { token: secret.trim() }) } }),
            },
          })
        })
        if (saved) onClose()
      }}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(name) => set({ name })}
            error={refusalOf(error, 'name')}
          />
          {type === 'datadog' && (
            <>
              <ChoiceInput
                label="Region"
                value={draft.site}
                options={datadogSites}
                onChange={(site) => set({ site })}
              />
              <TextInput
                label="Datadog API key"
                type="password"
                value={draft.secret}
                onChange={setSecret}
                placeholder={`keep …${draft.kept}`}
                error={refusalOf(error, 'datadog.api_key')}
              />
            </>
          )}
          {(type === 'https' || type === 'splunk') && (
            <TextInput
              label="URL"
              type="url"
              value={draft.url}
              onChange={(url) => set({ url })}
              error={refusalOf(error, `${type}.url`)}
            />
          )}
          {type === 's3' && (
            <TextInput
              label="Secret access key"
              type="password"
              value={draft.secret}
              onChange={setSecret}
              placeholder={`keep that of ${draft.kept}`}
            />
          )}
          {type === 'splunk' && (
            <TextInput
              label="Token"
              type="password"
              value={draft.secret}
              onChange={setSecret}
              placeholder={`keep …${draft.kept}`}
              error={refusalOf(error, 'splunk.token')}
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
