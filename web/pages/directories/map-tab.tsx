import { Badge, Flex, Table, Text } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import { type ConfiguredDirectory, getDirectory, updateDirectory } from '#contracts/directories.ts'
import { listDirectoryAttributes } from '#contracts/directory-attributes.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { clearedOf } from '../../ui/shared-edit.ts'
import { say } from '../../ui/toasts.tsx'

interface Draft {
  readonly map: Readonly<Record<string, string>>
}

function draftOf({ attribute_map: map }: ConfiguredDirectory): Draft {
  return { map }
}

/** Where this directory has its custom attributes, if not where the environment says. */
export function MapTab({ directory }: { readonly directory: ConfiguredDirectory }) {
  const { readOnly } = usePlace()
  const attributes = useRead(listDirectoryAttributes, {})
  const update = useChange(updateDirectory)
  const query = useRead(getDirectory, { params: { id: directory.id } }, whileEdited)
  const { draft, set, isSaving, error, notice, undecided, save } = useDraft({ thing: directory, query, draftOf })
  const { map } = draft
  const [newName, setNewName] = useState('')
  const [newPath, setNewPath] = useState('')
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const added = newName.trim() !== '' && newPath.trim() !== '' && { [newName.trim()]: newPath.trim() }
    const saving = save((agreed) => {
      const attribute_map = Object.fromEntries(
        Object.entries({ ...agreed.map, ...added }).filter(([, path]) => path.trim() !== ''),
      )
      return update.mutateAsync({ params: { id: directory.id }, body: { attribute_map } })
    })
    await saving.then(
      (isSaved) => {
        if (!isSaved) return
        setNewName(clearedOf(newName))
        setNewPath(clearedOf(newPath))
        say('Attribute map saved: everybody is mapped again')
      },
      () => undefined, // shown below
    )
  }
  return (
    <Section
      title="Attribute map"
      lead="Where custom attributes are read in what the identity provider sends. Left empty, the environment’s path counts."
    >
      <Loaded query={attributes} noun="list of attributes">
        {({ data }) => {
          const known = data.filter(({ enabled }) => enabled)
          const own = Object.keys(map).filter((name) => !known.some((attribute) => attribute.name === name))
          return (
            <form onSubmit={(event) => void submit(event)}>
              <Flex direction="column" gap="4">
                {notice}
                {known.length === 0 && own.length === 0 && (
                  <Text as="p" size="2" className="soft flush">
                    No custom attribute is defined in this environment or for this directory.
                  </Text>
                )}
                {[...known.map(({ name, path }) => ({ name, path })), ...own.map((name) => ({ name, path: null }))].map(
                  ({ name, path }) => (
                    <TextInput
                      key={name}
                      label={name}
                      value={map[name] ?? ''}
                      placeholder={path ?? 'not read'}
                      onChange={(value) => set({ map: { ...map, [name]: value } })}
                    />
                  ),
                )}
                {readOnly === undefined && (
                  <Flex gap="3" wrap="wrap">
                    <TextInput
                      label="Another attribute"
                      value={newName}
                      onChange={setNewName}
                      placeholder="cost_center"
                    />
                    <TextInput
                      label="Read it at"
                      value={newPath}
                      onChange={setNewPath}
                      placeholder="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter"
                    />
                  </Flex>
                )}
                <Refusal error={error} />
                <Flex>
                  <ActionButton type="submit" reason={readOnly ?? undecided} loading={isSaving}>
                    Save attribute map
                  </ActionButton>
                </Flex>
                <Predefined attributes={data.filter(({ predefined, enabled }) => predefined && !enabled)} />
              </Flex>
            </form>
          )
        }}
      </Loaded>
    </Section>
  )
}

interface PredefinedProps {
  readonly attributes: readonly { readonly name: string; readonly path: string | null }[]
}

function Predefined({ attributes }: PredefinedProps) {
  if (attributes.length === 0) return undefined
  return (
    <details>
      <summary className="small">Attributes that can be turned on for the environment</summary>
      <Table.Root size="1" mt="2">
        <Table.Body>
          {attributes.map(({ name, path }) => (
            <Table.Row key={name}>
              <Table.RowHeaderCell>
                <Badge color="gray">{name}</Badge>
              </Table.RowHeaderCell>
              <Table.Cell className="code breaks">{path}</Table.Cell>
            </Table.Row>
          ))}
        </Table.Body>
      </Table.Root>
    </details>
  )
}
