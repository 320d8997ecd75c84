import { useState } from 'react'
import { useNavigate } from 'react-router'
import { type ConnectionType, createConnection } from '#contracts/connections.ts'
import { samlProviders } from '#contracts/guides/providers.ts'
import type { Organization } from '#contracts/organizations.ts'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Picker } from '../../ui/picker.tsx'
import { refusalOf } from '../../ui/refusal.tsx'

const options = samlProviders.map(({ type, text, aliases }) => ({ value: type, text, aliases }))

interface Props {
  readonly organization: Organization
  readonly onClose: () => void
}

export function CreateConnection({ organization, onClose }: Props) {
  const create = useChange(createConnection)
  const navigate = useNavigate()
  const paths = usePaths()
  const [type, setType] = useState<ConnectionType>()
  const [typedName, setTypedName] = useState<string>()
  const provider = options.find(({ value }) => value === type)
  const name = typedName ?? (provider ? `${organization.name} – ${provider.text}` : '')
  async function submit(): Promise<void> {
    if (!type) return
    const made = await create.mutateAsync({
      body: {
        organization_id: organization.id,
        connection_type: type,
        ...(name.trim() !== '' && { name: name.trim() }),
      },
    })
    await navigate(paths.connection(made.id))
    onClose()
  }
  return (
    <FormDialog
      title="Configure Single Sign-On"
      lead="Choose the customer’s identity provider. Its values, and ours for it, come next."
      action="Create Connection"
      reason={type === undefined ? 'Choose a provider.' : undefined}
      fields={['name']}
      onSubmit={submit}
      onClose={onClose}
    >
      {(error) => (
        <>
          <Picker
            label="Identity provider"
            options={options}
            value={type}
            placeholder="Select a provider"
            onChange={(value) => setType(options.find((option) => option.value === value)?.value)}
          />
          <TextInput label="Name" value={name} onChange={setTypedName} error={refusalOf(error, 'name')} />
        </>
      )}
    </FormDialog>
  )
}
