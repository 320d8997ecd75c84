import { Box, Button, Code, Flex, IconButton, Text } from '@radix-ui/themes'
import { CopyIcon } from './icons.tsx'
import { say } from './toasts.tsx'

export async function copyText(value: string, name: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value)
    say(`${name} copied`)
  } catch {
    say(`The browser did not let us copy. Select the ${name} and copy it yourself.`, 'bad')
  }
}

interface Copied {
  readonly value: string
  /** What it is, as in "ACS URL copied". */
  readonly name: string
}

export function CopyButton({ value, name }: Copied) {
  return (
    <IconButton
      type="button"
      variant="ghost"
      color="gray"
      title={`Copy ${name}`}
      aria-label={`Copy ${name}`}
      onClick={() => void copyText(value, name)}
    >
      <CopyIcon />
    </IconButton>
  )
}

export function CopyTextButton({ value, name, children }: Copied & { readonly children: string }) {
  return (
    <Button type="button" variant="soft" color="gray" onClick={() => void copyText(value, name)}>
      <CopyIcon /> {children}
    </Button>
  )
}

/** A value the other side needs, with its name above. */
export function CopyField({ value, name }: Copied) {
  return (
    <Box>
      <Text as="div" size="2" weight="medium" mb="1">
        {name}
      </Text>
      <Flex align="center" justify="between" gap="3" className="copy-field">
        <Code variant="ghost" size="2" color="gray" className="breaks">
          {value}
        </Code>
        <CopyButton value={value} name={name} />
      </Flex>
    </Box>
  )
}

/** An id, which people paste into tickets and terminals. */
export function CopyableId({ id }: { readonly id: string }) {
  return (
    <Flex align="center" gap="2" display="inline-flex">
      <Code variant="ghost" size="2" color="gray" className="breaks">
        {id}
      </Code>
      <CopyButton value={id} name="id" />
    </Flex>
  )
}

/** Text for a terminal or an editor. */
export function Snippet({ value, name }: Copied) {
  return (
    <Box className="snippet" position="relative">
      <pre tabIndex={0} aria-label={name}>
        {value}
      </pre>
      <Box className="snippet-copy">
        <CopyButton value={value} name={name} />
      </Box>
    </Box>
  )
}
