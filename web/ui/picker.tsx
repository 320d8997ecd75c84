import { Box, Popover, Text } from '@radix-ui/themes'
import { Command } from 'cmdk'
import { useId, useState } from 'react'
import { CheckIcon, ChevronIcon } from './icons.tsx'
import { useReadOnly } from './read-only.tsx'

export interface PickerOption {
  readonly value: string
  readonly text: string
  /** Other names people type. */
  readonly aliases?: readonly string[]
}

interface Props {
  readonly label: string
  readonly options: readonly PickerOption[]
  /** Whether there are options that have not come yet. */
  readonly isReading?: boolean
  readonly value: string | undefined
  readonly placeholder: string
  readonly onChange: (value: string) => void
}

/** A choice among too many for a plain list: typing narrows it, by name and by what else it is called. */
export function Picker({ label, options, isReading = false, value, placeholder, onChange }: Props) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const disabled = useReadOnly() !== undefined
  const chosen = options.find((option) => option.value === value)
  return (
    <Box>
      <Text as="div" id={id} size="2" weight="medium" mb="1">
        {label}
      </Text>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger>
          <button type="button" className="picker-button" disabled={disabled} aria-labelledby={`${id} ${id}-value`}>
            <span id={`${id}-value`} className={chosen ? undefined : 'soft'}>
              {chosen?.text ?? placeholder}
            </span>
            <ChevronIcon />
          </button>
        </Popover.Trigger>
        <Popover.Content className="picker" size="1" aria-label={label} align="start">
          <Command label={label}>
            <Command.Input placeholder="Type to search" className="picker-input" />
            <Command.List label={label}>
              <Command.Empty className="picker-empty">
                {isReading ? 'The rest is still being read.' : 'Nothing is called that. Choose the generic one.'}
              </Command.Empty>
              {options.map((option) => (
                <Command.Item
                  key={option.value}
                  value={option.text}
                  keywords={[...(option.aliases ?? [])]}
                  onSelect={() => {
                    onChange(option.value)
                    setOpen(false)
                  }}
                >
                  <span>{option.text}</span>
                  {option.value === value && <CheckIcon />}
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Root>
    </Box>
  )
}
