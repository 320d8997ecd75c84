import { useState } from 'react'
import { useNavigate } from 'react-router'
import { createOrganization } from '#contracts/organizations.ts'
import { useChange } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

/** Names that are separated by commas or spaces, as people write them. */
export function readDomains(text: string): string[] {
  return text.split(/[\s,;]+/).filter((domain) => domain !== '')
}

export function CreateOrganization({ onClose }: { readonly onClose: () => void }) {
  const create = useChange(createOrganization)
  const navigate = useNavigate()
  const paths = usePaths()
  const [name, setName] = useState('')
  const [domains, setDomains] = useState('')
  async function submit(): Promise<void> {
    const domain_data = readDomains(domains).map((domain) => ({ domain, state: 'verified' as const }))
    const made = await create.mutateAsync({
      body: { name: name.trim(), ...(domain_data.length > 0 && { domain_data }) },
    })
    say(`${made.name} created`)
    await navigate(paths.organization(made.id))
    onClose()
  }
  return (
    <FormDialog
      title="Create organization"
      action="Create organization"
      reason={name.trim() === '' ? 'It needs a name.' : undefined}
      fields={['name']}
      onSubmit={submit}
      onClose={onClose}
    >
      {(error) => (
        <>
          <TextInput label="Name" value={name} onChange={setName} autoFocus error={refusalOf(error, 'name')} />
          <TextInput
            label="Domains"
            value={domains}
            onChange={setDomains}
            placeholder="acme.com, acme.org"
            hint="Optional. E-mail domains that are this customer’s and nobody else’s. Added here they count as verified, so add only what you know is theirs."
          />
        </>
      )}
    </FormDialog>
  )
}
