import { Box, Flex, Grid, Text, TextField } from '@radix-ui/themes'
import { useId } from 'react'
import type { ThemeColors } from '#contracts/branding.ts'
import { SwitchInput } from '../../ui/fields.tsx'
import { Section } from '../../ui/page.tsx'
import { useReadOnly } from '../../ui/read-only.tsx'
import type { Draft } from './draft.ts'

const colors: readonly (readonly [keyof ThemeColors, string])[] = [
  ['page_background', 'Page'],
  ['button_background', 'Button'],
  ['button_text', 'Text on it'],
  ['link', 'Links'],
]

interface Props {
  readonly draft: Draft
  readonly onChange: (part: Partial<Draft>) => void
}

export function ColorSection({ draft, onChange }: Props) {
  return (
    <Section title="Colours" lead="Colours that could not be read are moved until they can; the preview says which.">
      <Flex direction="column" gap="4">
        {(['light', 'dark'] as const).map((theme) => (
          <fieldset key={theme} className="plain-fieldset">
            <legend>{theme === 'light' ? 'In light' : 'In dark'}</legend>
            <Grid columns="2" gap="3">
              {colors.map(([name, label]) => (
                <ColorInput
                  key={name}
                  label={label}
                  value={draft[theme][name]}
                  onChange={(value) => onChange({ [theme]: { ...draft[theme], [name]: value } })}
                />
              ))}
            </Grid>
          </fieldset>
        ))}
        <SwitchInput
          label="Show colours as they were given"
          hint="However hard they are to read. People with weak eyes, and phones in the sun, will suffer."
          checked={draft.allow_low_contrast}
          onChange={(allow_low_contrast) => onChange({ allow_low_contrast })}
        />
      </Flex>
    </Section>
  )
}

interface ColorProps {
  readonly label: string
  /** Null where black or white is chosen by itself. */
  readonly value: string | null
  readonly onChange: (value: string | null) => void
}

function ColorInput({ label, value, onChange }: ColorProps) {
  const id = useId()
  const readOnly = useReadOnly() !== undefined
  const shown = value !== null && /^#[0-9A-Fa-f]{6}$/.test(value) ? value : '#000000'
  return (
    <Box>
      <Text as="label" size="1" htmlFor={id} className="block soft">
        {label}
      </Text>
      <TextField.Root
        id={id}
        value={value ?? ''}
        placeholder="by itself"
        spellCheck={false}
        readOnly={readOnly}
        onChange={({ target }) => onChange(target.value === '' ? null : target.value)}
      >
        <TextField.Slot>
          <input
            type="color"
            className="color-well"
            aria-label={`${label}, by eye`}
            value={shown}
            disabled={readOnly}
            onChange={({ target }) => onChange(target.value)}
          />
        </TextField.Slot>
      </TextField.Root>
    </Box>
  )
}
