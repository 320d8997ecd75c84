import { Badge, Button, Code, Flex, Table, Text } from '@radix-ui/themes'
import { type FormEvent, type ReactNode, useState } from 'react'
import { usePlace } from '../../api/environment.tsx'
import type { ListRead } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { LoadedList } from '../../ui/loaded.tsx'
import { Refusal, refusalOf, wordsOf } from '../../ui/refusal.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { clearedOf } from '../../ui/shared-edit.ts'
import { say } from '../../ui/toasts.tsx'

interface Item {
  readonly id: string
  readonly uri?: string
  readonly origin?: string
  /** Left out where there is no default. */
  readonly default?: boolean
}

function addressOf({ uri, origin }: Item): string {
  return uri ?? origin ?? ''
}

interface Props<I extends Item> {
  readonly list: ListRead<I>
  readonly noun: string
  readonly placeholder: string
  readonly hint?: ReactNode
  readonly field?: string
  readonly onAdd: (uri: string) => Promise<unknown>
  readonly onDefault?: (id: I['id']) => Promise<unknown>
  readonly onRemove: (id: I['id']) => Promise<unknown>
}

/** Addresses, one of which may be the default; each change is saved by itself. */
export function UriList<I extends Item>(props: Props<I>) {
  const { list, noun, onDefault, onRemove } = props
  const { readOnly } = usePlace()
  const [removing, setRemoving] = useState<I>()
  const makeDefault = async (id: I['id']) => {
    try {
      await onDefault?.(id)
    } catch (error) {
      if (error instanceof Error) say(wordsOf(error).text, 'bad')
    }
  }
  return (
    <Flex direction="column" gap="4">
      <LoadedList
        list={list}
        noun={`list of ${noun}s`}
        empty={
          <Text as="p" size="2" className="soft flush">
            None yet.
          </Text>
        }
      >
        {(items) => (
          <Rows>
            {items.map((item) => (
              <Table.Row key={item.id}>
                <Table.RowHeaderCell>
                  <Flex align="center" gap="2">
                    <Code variant="ghost" color="gray" className="breaks">
                      {addressOf(item)}
                    </Code>
                    <CopyButton value={addressOf(item)} name={noun} />
                    {item.default && <Badge>default</Badge>}
                  </Flex>
                </Table.RowHeaderCell>
                <Table.Cell>
                  <Flex gap="2" justify="end">
                    {onDefault && !item.default && (
                      <ActionButton
                        size="1"
                        variant="soft"
                        reason={
                          addressOf(item).includes('*') ? 'An address with a wildcard cannot be the default.' : readOnly
                        }
                        onClick={() => void makeDefault(item.id)}
                      >
                        Make default
                      </ActionButton>
                    )}
                    <RowAction onClick={() => setRemoving(item)}>Remove</RowAction>
                  </Flex>
                </Table.Cell>
              </Table.Row>
            ))}
          </Rows>
        )}
      </LoadedList>
      {readOnly === undefined && <AddUri {...props} />}
      {removing && (
        <ConfirmDelete
          noun={noun}
          verb="Remove"
          name={addressOf(removing)}
          breaks="Whatever still asks for this address is refused from then on."
          onConfirm={() => onRemove(removing.id)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Flex>
  )
}

function AddUri<I extends Item>({ noun, placeholder, hint, field = 'uri', onAdd }: Props<I>) {
  const [uri, setUri] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (uri.trim() === '' || busy) return
    setBusy(true)
    setError(null)
    try {
      await onAdd(uri.trim())
      setUri(clearedOf(uri))
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Flex gap="3" align="start" wrap="wrap">
        <div className="grows">
          <TextInput
            label={`Add ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`}
            type="url"
            value={uri}
            placeholder={placeholder}
            hint={hint}
            error={refusalOf(error, field)}
            onChange={setUri}
          />
        </div>
        <Button type="submit" variant="soft" mt="5" disabled={uri.trim() === '' || busy} loading={busy}>
          Add
        </Button>
      </Flex>
      <Refusal error={error} fields={[field]} />
    </form>
  )
}
