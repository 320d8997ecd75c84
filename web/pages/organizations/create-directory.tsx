import { useState } from 'react'
import { useNavigate } from 'react-router'
import { listConnections } from '#contracts/connections.ts'
import { createDirectory, type DirectoryType } from '#contracts/directories.ts'
import { directoryTypeBeside, scimProviders } from '#contracts/guides/providers.ts'
import type { Organization } from '#contracts/organizations.ts'
import { useChange, useList } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Picker } from '../../ui/picker.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { keepToken } from '../directories/new-token.ts'

const options = scimProviders.map(({ type, text, aliases }) => ({ value: type, text, aliases }))

interface Props {
  readonly organization: Organization
  readonly onClose: () => void
}

/** The provider is most likely the one that people already sign in with. */
export function CreateDirectory({ organization, onClose }: Props) {
  const create = useChange(createDirectory)
  const navigate = useNavigate()
  const paths = usePaths()
  const connections = useList(listConnections, { query: { organization_id: organization.id, limit: 100 } })
  const beside = connections.items.map(({ connection_type }) => directoryTypeBeside(connection_type)).find(Boolean)
  const [chosen, setChosen] = useState<DirectoryType>()
  const [typedName, setTypedName] = useState<string>()
  const type = chosen ?? beside
  const provider = options.find(({ value }) => value === type)
  const name = typedName ?? (provider ? `${organization.name} – ${provider.text}` : '')
  const reason = type === undefined ? 'Choose a provider.' : name.trim() === '' ? 'It needs a name.' : undefined
  async function submit(): Promise<void> {
    if (!type) return
    const made = await create.mutateAsync({ body: { organization_id: organization.id, type, name: name.trim() } })
    keepToken(made.id, made.bearer_token)
    await navigate(paths.directory(made.id))
    onClose()
  }
  return (
    <FormDialog
      title="Configure Directory Sync"
      action="Create Directory"
      reason={reason}
      fields={['name']}
      onSubmit={submit}
      onClose={onClose}
    >
      {(error) => (
        <>
          <Picker
            label="Directory provider"
            options={options}
            value={type}
            placeholder="Select a provider"
            onChange={(value) => setChosen(options.find((option) => option.value === value)?.value)}
          />
          <TextInput label="Name" value={name} onChange={setTypedName} error={refusalOf(error, 'name')} />
        </>
      )}
    </FormDialog>
  )
}
