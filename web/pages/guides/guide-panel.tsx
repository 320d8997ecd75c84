import { Box, Flex, Table, Text } from '@radix-ui/themes'
import type { OurValue, SamlGuide, ScimGuide } from '#contracts/guides/guide.ts'
import { CopyField, CopyTextButton } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { Rows } from '../../ui/rows.tsx'
import { handOver } from './hand-over.ts'
import { RichText } from './rich-text.tsx'

interface Props {
  readonly guide: SamlGuide | ScimGuide
  /** Ours, as far as they can be shown. */
  readonly values: Readonly<Partial<Record<OurValue, string>>>
}

/** What to do in the identity provider's console, with the values filled in. */
export function GuidePanel({ guide, values }: Props) {
  return (
    <Section
      title={`In the ${guide.console.replace(/^the /, '')}`}
      actions={
        <CopyTextButton value={handOver(guide, values)} name="message for the IT contact">
          Copy for the IT contact
        </CopyTextButton>
      }
    >
      <Flex direction="column" gap="5">
        <ol className="steps">
          {guide.steps.map(({ text, fields, notes }) => (
            <li key={text}>
              <Flex direction="column" gap="2">
                <Text as="p" size="2" className="flush">
                  <RichText text={text} />
                </Text>
                {fields?.map(({ label, value }) => (
                  <CopyField key={label} name={label} value={values[value] ?? 'the bearer token of this directory'} />
                ))}
                {notes?.map((note) => (
                  <Text key={note} as="p" size="1" className="soft flush">
                    <RichText text={note} />
                  </Text>
                ))}
              </Flex>
            </li>
          ))}
        </ol>
        <Attributes guide={guide} />
        <Box>
          <Text as="p" size="2" weight="medium" mb="1">
            Good to know
          </Text>
          <ul className="notes">
            {guide.gotchas.map((gotcha) => (
              <li key={gotcha}>
                <RichText text={gotcha} />
              </li>
            ))}
          </ul>
        </Box>
      </Flex>
    </Section>
  )
}

function Attributes({ guide }: Pick<Props, 'guide'>) {
  return (
    <Rows columns={['Attribute', 'Value over there']} isDense>
      {guide.attributes.map(({ name, source }) => (
        <Table.Row key={name}>
          <Table.RowHeaderCell className="code breaks">{name}</Table.RowHeaderCell>
          <Table.Cell>{source}</Table.Cell>
        </Table.Row>
      ))}
    </Rows>
  )
}
