import { Box, Flex, Text } from '@radix-ui/themes'
import { useId, useRef, useState } from 'react'
import { usePlace } from '../../api/environment.tsx'
import { ActionButton } from '../../ui/action-button.tsx'

const mostBytes = 100 * 1024

interface Props {
  readonly label: string
  /** An address or a data URL; null where there is none. */
  readonly value: string | null
  /** A data URL, or null to take it away. */
  readonly onChange: (image: string | null) => void
}

export function ImageInput({ label, value, onChange }: Props) {
  const { readOnly } = usePlace()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string>()
  function read(file: File | undefined): void {
    if (!file) return
    if (file.size > mostBytes) return setProblem('It is larger than 100 kB.')
    setProblem(undefined)
    const reader = new FileReader()
    reader.addEventListener('load', () => typeof reader.result === 'string' && onChange(reader.result))
    reader.readAsDataURL(file)
  }
  return (
    <Box>
      <Text as="label" size="2" weight="medium" htmlFor={id} className="block" mb="1">
        {label}
      </Text>
      <Flex gap="3" align="center" wrap="wrap">
        {value !== null && <img src={sameOrigin(value)} alt="" className="brand-image" />}
        <input
          ref={input}
          id={id}
          type="file"
          accept="image/png,image/jpeg,image/svg+xml"
          className="visually-hidden"
          tabIndex={-1}
          // Its label opens it too.
          disabled={readOnly !== undefined}
          onChange={({ target }) => read(target.files?.[0])}
        />
        <ActionButton type="button" size="1" variant="soft" reason={readOnly} onClick={() => input.current?.click()}>
          {value === null ? 'Choose a picture' : 'Choose another'}
          <span className="visually-hidden"> for {label}</span>
        </ActionButton>
        {value !== null && (
          <ActionButton
            type="button"
            size="1"
            variant="soft"
            color="gray"
            reason={readOnly}
            onClick={() => onChange(null)}
          >
            Take away<span className="visually-hidden"> {label}</span>
          </ActionButton>
        )}
      </Flex>
      <Text
        as="div"
        size="1"
        mt="1"
        {...(problem === undefined ? { className: 'soft' } : { color: 'red', role: 'alert' })}
      >
        {problem ?? 'PNG, JPEG or SVG, up to 100 kB.'}
      </Text>
    </Box>
  )
}

/** The page may be open under another name of the same server. */
function sameOrigin(address: string): string {
  return address.startsWith('data:') ? address : new URL(address).pathname
}
