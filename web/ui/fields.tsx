import { Box, Flex, Select, Switch, Text, TextArea, TextField } from '@radix-ui/themes'
import { useId, type ReactNode } from 'react'
import { useReadOnly } from './read-only.tsx'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  /** Why the server or the form refuses it. */
  readonly error?: string | undefined
}

interface Described {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

function Field({ label, hint, error, children }: FieldProps & { readonly children: (ids: Described) => ReactNode }) {
  const id = useId()
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean)
  return (
    <Box>
      <Text as="label" size="2" weight="medium" htmlFor={id} mb="1" className="block">
        {label}
      </Text>
      {children({
        id,
        ...(describedBy.length > 0 && { 'aria-describedby': describedBy.join(' ') }),
        ...(error !== undefined && { 'aria-invalid': true }),
      })}
      {hint !== undefined && (
        <Text as="div" id={`${id}-hint`} size="1" color="gray" mt="1" className="soft">
          {hint}
        </Text>
      )}
      {error !== undefined && (
        <Text as="div" id={`${id}-error`} role="alert" size="2" color="red" mt="1">
          {error}
        </Text>
      )}
    </Box>
  )
}

interface TextProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly type?: 'text' | 'url' | 'email' | 'password' | 'search' | 'datetime-local'
  readonly autoFocus?: boolean
  readonly required?: boolean
}

export function TextInput({ label, hint, error, value, onChange, type = 'text', ...rest }: TextProps) {
  const readOnly = useReadOnly() !== undefined
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <TextField.Root
          {...ids}
          {...rest}
          type={type}
          value={value}
          readOnly={readOnly}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

export function TextAreaInput({
  label,
  hint,
  error,
  value,
  onChange,
  ...rest
}: TextProps & { readonly rows?: number }) {
  const { type: _type, ...area } = rest
  const readOnly = useReadOnly() !== undefined
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <TextArea
          {...ids}
          {...area}
          value={value}
          readOnly={readOnly}
          spellCheck={false}
          className="code"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

interface ChoiceProps<V extends string> extends FieldProps {
  readonly value: V
  readonly options: readonly (readonly [V, string])[]
  readonly onChange: (value: V) => void
}

/** For a handful; longer lists want the picker. */
export function ChoiceInput<V extends string>({ label, hint, error, value, options, onChange }: ChoiceProps<V>) {
  const disabled = useReadOnly() !== undefined
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <Select.Root value={value} disabled={disabled} onValueChange={(next) => onChange(next as V)}>
          <Select.Trigger {...ids} className="full" />
          <Select.Content position="popper">
            {options.map(([option, text]) => (
              <Select.Item key={option} value={option}>
                {text}
              </Select.Item>
            ))}
          </Select.Content>
        </Select.Root>
      )}
    </Field>
  )
}

interface SwitchProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

export function SwitchInput({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId()
  const disabled = useReadOnly() !== undefined
  return (
    <Flex gap="3" align="start">
      <Switch
        id={id}
        mt="1"
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
      />
      <Box>
        <Text as="label" htmlFor={id} size="2" weight="medium">
          {label}
        </Text>
        {hint !== undefined && (
          <Text as="div" id={`${id}-hint`} size="1" className="soft">
            {hint}
          </Text>
        )}
      </Box>
    </Flex>
  )
}
