import { Flex } from '@radix-ui/themes'
import { type BrandingSettings, fonts, locales } from '#contracts/branding.ts'
import { ChoiceInput, SwitchInput, TextAreaInput, TextInput } from '../../ui/fields.tsx'
import { Section } from '../../ui/page.tsx'
import { type Draft, type ImageKind, imageKinds } from './draft.ts'
import { ImageInput } from './image-input.tsx'

interface Props {
  readonly draft: Draft
  readonly onChange: (part: Partial<Draft>) => void
}

const imageLabels: Readonly<Record<ImageKind, string>> = {
  logo: 'Logo',
  logo_icon: 'Square logo',
  favicon: 'Icon of the tab',
}

export function NameSection({ draft, onChange }: Props) {
  return (
    <Section title="Name and logo">
      <Flex direction="column" gap="4">
        <TextInput
          label="Name of your application"
          value={draft.application_name ?? ''}
          hint="In headings and mail."
          onChange={(application_name) => onChange({ application_name })}
        />
        {imageKinds.map((kind) => (
          <ImageInput
            key={kind}
            label={imageLabels[kind]}
            value={draft.images[kind] === undefined ? draft.saved[kind] : draft.images[kind]}
            onChange={(image) => onChange({ images: { ...draft.images, [kind]: image } })}
          />
        ))}
      </Flex>
    </Section>
  )
}

const appearances: readonly (readonly [BrandingSettings['appearance'], string])[] = [
  ['system', 'As the device is set'],
  ['light', 'Always light'],
  ['dark', 'Always dark'],
]

export function ShapeSection({ draft, onChange }: Props) {
  return (
    <Section title="Shape and words">
      <Flex direction="column" gap="4">
        <ChoiceInput
          label="Light or dark"
          value={draft.appearance}
          options={appearances}
          onChange={(appearance) => onChange({ appearance })}
        />
        <ChoiceInput
          label="Corners"
          value={String(draft.radius)}
          options={['0', '4', '6', '8', '12', '16', '24', String(draft.radius)]
            .filter((each, index, all) => all.indexOf(each) === index)
            .map((each) => [each, each === '0' ? 'Square' : `${each} pixels`] as const)}
          onChange={(radius) => onChange({ radius: Number(radius) })}
        />
        <ChoiceInput
          label="Font"
          value={draft.font}
          options={fonts.map((font) => [font, font] as const)}
          hint="One that people’s devices have: nothing is loaded from anywhere."
          onChange={(font) => onChange({ font })}
        />
        <TextInput
          label="Heading when signing in"
          value={draft.sign_in_title ?? ''}
          hint="Instead of ours, in every language alike."
          onChange={(sign_in_title) => onChange({ sign_in_title })}
        />
        <TextInput
          label="Heading when signing up"
          value={draft.sign_up_title ?? ''}
          onChange={(sign_up_title) => onChange({ sign_up_title })}
        />
      </Flex>
    </Section>
  )
}

const nameChoices: readonly (readonly [BrandingSettings['names_on_sign_up'], string])[] = [
  ['hidden', 'Not asked'],
  ['optional', 'May be left empty'],
  ['required', 'Have to be given'],
]

export function MoreSection({ draft, onChange }: Props) {
  return (
    <Section title="More">
      <Flex direction="column" gap="4">
        <TextInput
          label="Terms of service"
          type="url"
          value={draft.terms_url ?? ''}
          placeholder="https://"
          onChange={(terms_url) => onChange({ terms_url })}
        />
        <TextInput
          label="Privacy policy"
          type="url"
          value={draft.privacy_url ?? ''}
          placeholder="https://"
          onChange={(privacy_url) => onChange({ privacy_url })}
        />
        <ChoiceInput
          label="Names when signing up"
          value={draft.names_on_sign_up}
          options={nameChoices}
          onChange={(names_on_sign_up) => onChange({ names_on_sign_up })}
        />
        <ChoiceInput
          label="Language for everybody else"
          value={draft.fallback_locale}
          options={locales.map((locale) => [locale, locale] as const)}
          hint="For browsers that ask for none of the twelve."
          onChange={(fallback_locale) => onChange({ fallback_locale })}
        />
        <SwitchInput
          label="Say how somebody signed in last time"
          checked={draft.show_last_used}
          onChange={(show_last_used) => onChange({ show_last_used })}
        />
        <TextAreaInput
          label="CSS"
          value={draft.custom_css ?? ''}
          rows={6}
          placeholder=".ak-Heading { letter-spacing: -0.02em }"
          hint="Added to every page. It cannot load anything from elsewhere."
          onChange={(custom_css) => onChange({ custom_css })}
        />
      </Flex>
    </Section>
  )
}
