import { Flex, IconButton, Text } from '@radix-ui/themes'
import type { FormEvent } from 'react'
import {
  type AttributeMap,
  type ConfiguredConnection,
  getConnection,
  updateConnection,
} from '#contracts/connections.ts'
import { samlGuideFor } from '#contracts/guides/find-guide.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { CrossIcon } from '../../ui/icons.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'

const fields = [
  ['idp_id', 'Id'],
  ['email', 'E-mail'],
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['groups', 'Groups'],
] as const

type FieldName = (typeof fields)[number][0]

interface Row {
  readonly name: string
  readonly attribute: string
}

interface Form {
  readonly values: Readonly<Record<FieldName, string>>
  readonly custom: readonly Row[]
}

function formOf({ attribute_map: map }: ConfiguredConnection): Form {
  const { idp_id = '', email = '', first_name = '', last_name = '', groups = '', custom_attributes = {} } = map
  const custom = Object.entries(custom_attributes).map(([name, attribute]) => ({ name, attribute }))
  return { values: { idp_id, email, first_name, last_name, groups }, custom }
}

function mapOf({ values, custom }: Form): AttributeMap {
  const named = Object.entries(values).filter(([, value]) => value.trim() !== '')
  const rows = custom.filter(({ name, attribute }) => name.trim() !== '' && attribute.trim() !== '')
  return {
    ...Object.fromEntries(named.map(([name, value]) => [name, value.trim()])),
    ...(rows.length > 0 && {
      custom_attributes: Object.fromEntries(rows.map(({ name, attribute }) => [name.trim(), attribute.trim()])),
    }),
  }
}

export function AttributesTab({ connection }: { readonly connection: ConfiguredConnection }) {
  const { readOnly } = usePlace()
  const update = useChange(updateConnection)
  const query = useRead(getConnection, { params: { id: connection.id } }, whileEdited)
  const {
    draft: form,
    set: setForm,
    isSaving,
    error,
    notice,
    undecided,
    save,
  } = useDraft({ thing: connection, query, draftOf: formOf })
  const guide = samlGuideFor(connection.connection_type)
  const defaultOf = (field: FieldName) => guide.attributes.find(({ reads }) => reads === field)?.name ?? 'NameID'
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const params = { id: connection.id }
    await save((agreed) => update.mutateAsync({ params, body: { attribute_map: mapOf(agreed) } })).then(
      (isSaved) => isSaved && say('Attribute map saved'),
      () => undefined, // shown below
    )
  }
  const setRow = (index: number, row: Row) =>
    setForm({ custom: form.custom.map((each, at) => (at === index ? row : each)) })
  return (
    <Section
      title="Attribute map"
      lead={`Which attribute of the assertion each field of a profile is read from. Left empty, what ${guide.provider} usually sends is understood.`}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Flex direction="column" gap="4" maxWidth="560px">
          {notice}
          {fields.map(([field, label]) => (
            <TextInput
              key={field}
              label={label}
              value={form.values[field]}
              placeholder={defaultOf(field)}
              onChange={(value) => setForm({ values: { ...form.values, [field]: value } })}
            />
          ))}
          <Text as="p" size="2" weight="medium">
            Custom attributes
          </Text>
          {form.custom.map((row, index) => (
            // Rows have no id and are only added at the end.
            <Flex key={index} gap="2" align="end">
              <TextInput
                label={`Name ${index + 1}`}
                value={row.name}
                onChange={(name) => setRow(index, { ...row, name })}
              />
              <TextInput
                label={`Attribute ${index + 1}`}
                value={row.attribute}
                onChange={(attribute) => setRow(index, { ...row, attribute })}
              />
              {readOnly === undefined && (
                <IconButton
                  type="button"
                  variant="soft"
                  color="gray"
                  aria-label={`Remove custom attribute ${index + 1}`}
                  onClick={() => setForm({ custom: form.custom.filter((_row, at) => at !== index) })}
                >
                  <CrossIcon />
                </IconButton>
              )}
            </Flex>
          ))}
          <Flex>
            <ActionButton
              type="button"
              variant="soft"
              color="gray"
              reason={readOnly}
              onClick={() => setForm({ custom: [...form.custom, { name: '', attribute: '' }] })}
            >
              Add a custom attribute
            </ActionButton>
          </Flex>
          <Refusal error={error} />
          <Flex>
            <ActionButton type="submit" reason={readOnly ?? undecided} loading={isSaving}>
              Save attribute map
            </ActionButton>
          </Flex>
        </Flex>
      </form>
    </Section>
  )
}
