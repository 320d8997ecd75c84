import { Box, CheckboxGroup, Flex, Text } from '@radix-ui/themes'
import { eventPayloads } from '#contracts/events.ts'

const all = Object.keys(eventPayloads)

interface Props {
  /** Those there are to choose from; all of them unless told. */
  readonly names?: readonly string[]
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
  readonly error?: string | undefined
}

/** Which events are meant, by family. */
export function EventChoice({ names = all, value, onChange, error }: Props) {
  const families = [...new Set(names.map((name) => name.split('.')[0] ?? name))]
  return (
    <Box>
      <Flex justify="between" mb="1" gap="3">
        <Text size="2" weight="medium" id="event-choice">
          Events
        </Text>
        <Flex gap="3">
          <button type="button" className="link small" onClick={() => onChange(names)}>
            All
          </button>
          <button type="button" className="link small" onClick={() => onChange([])}>
            None
          </button>
        </Flex>
      </Flex>
      <Box className="event-choice" tabIndex={0} role="group" aria-labelledby="event-choice">
        {families.map((family) => {
          const members = names.filter((name) => name.startsWith(`${family}.`))
          return (
            <Box key={family} mb="3">
              <Text as="div" size="1" className="soft" mb="1">
                {family}
              </Text>
              <CheckboxGroup.Root
                aria-label={family}
                value={value.filter((name) => members.includes(name))}
                onValueChange={(chosen) => onChange([...value.filter((name) => !members.includes(name)), ...chosen])}
              >
                {members.map((name) => (
                  <CheckboxGroup.Item key={name} value={name}>
                    {name}
                  </CheckboxGroup.Item>
                ))}
              </CheckboxGroup.Root>
            </Box>
          )
        })}
      </Box>
      {error !== undefined && (
        <Text as="div" role="alert" size="2" color="red" mt="1">
          {error}
        </Text>
      )}
    </Box>
  )
}
