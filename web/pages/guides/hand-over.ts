import type { OurValue, SamlGuide, ScimGuide } from '#contracts/guides/guide.ts'

/** The guide as a plain message, for whoever administers the identity provider and has no account here. */
export function handOver(guide: SamlGuide | ScimGuide, values: Readonly<Partial<Record<OurValue, string>>>): string {
  const plain = (text: string) => text.replaceAll('**', '')
  const steps = guide.steps.flatMap(({ text, fields = [], notes = [] }, index) => [
    `${index + 1}. ${plain(text)}`,
    ...fields.map(({ label, value }) => `   ${label}: ${values[value] ?? '(comes separately)'}`),
    ...notes.map((note) => `   ${plain(note)}`),
  ])
  const attributes = guide.attributes.map(({ name, source }) => `   ${name} = ${source}`)
  const what = guide.protocol === 'saml' ? 'single sign-on' : 'provisioning'
  const back =
    guide.protocol === 'saml'
      ? [guide.metadata === 'file' ? 'Please send back the metadata file.' : 'Please send back the metadata URL.']
      : []
  const place = guide.console.startsWith('the ') ? guide.console : `the ${guide.console}`
  return [
    `To set up ${what}, please do this in ${place}:`,
    '',
    ...steps,
    '',
    'Attributes to send:',
    ...attributes,
    '',
    ...back,
  ].join('\n')
}
