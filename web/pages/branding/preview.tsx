import { Box, Callout, Flex, SegmentedControl, Text } from '@radix-ui/themes'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import {
  type BrandingUpdate,
  type ContrastAdjustment,
  type Locale,
  locales,
  previewBranding,
} from '#contracts/branding.ts'
import { call } from '../../api/call.ts'
import { usePlace } from '../../api/environment.tsx'
import { ChoiceInput } from '../../ui/fields.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'

/** Whoever types is asked about the last letter alone. */
const settleMs = 500

const languages = new Intl.DisplayNames('en', { type: 'language' })

function titleOf(screen: string): string {
  const words = screen.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function Preview({ body }: { readonly body: BrandingUpdate }) {
  const { apiOf, environment, readOnly } = usePlace()
  const settled = useSettled(JSON.stringify(body))
  const preview = useQuery({
    queryKey: ['branding-preview', environment.id, settled],
    queryFn: () => call(apiOf(previewBranding), previewBranding, { body: JSON.parse(settled) as BrandingUpdate }), // written above
    enabled: readOnly === undefined,
    placeholderData: keepPreviousData,
    staleTime: 30 * 60_000, // half of what a preview lives
    retry: false,
  })
  const [screen, setScreen] = useState('sign-in')
  const [theme, setTheme] = useState<'light' | 'dark'>('light')
  const [locale, setLocale] = useState<Locale>('en')
  const { data } = preview
  return (
    <Box className="sticky-preview">
      <Section title="Preview">
        <Flex direction="column" gap="3">
          {readOnly !== undefined && (
            <Text as="p" size="2" className="soft flush">
              A preview is for those who may change the look.
            </Text>
          )}
          <Refusal error={preview.error} />
          {data && (
            <>
              <Flex gap="3" wrap="wrap" align="end">
                <Box minWidth="180px">
                  <ChoiceInput
                    label="Screen"
                    value={screen}
                    options={data.screens.map((each) => [each, titleOf(each)] as const)}
                    onChange={setScreen}
                  />
                </Box>
                <Box minWidth="90px">
                  <ChoiceInput
                    label="Language"
                    value={locale}
                    options={locales.map((each) => [each, languages.of(each) ?? each] as const)}
                    onChange={setLocale}
                  />
                </Box>
                <SegmentedControl.Root
                  value={theme}
                  aria-label="Light or dark"
                  onValueChange={(value) => setTheme(value === 'dark' ? 'dark' : 'light')}
                >
                  <SegmentedControl.Item value="light">Light</SegmentedControl.Item>
                  <SegmentedControl.Item value="dark">Dark</SegmentedControl.Item>
                </SegmentedControl.Root>
              </Flex>
              {/* Nothing runs in it, and it may not take the focus from whoever types beside it. */}
              <iframe
                sandbox=""
                title="The login box"
                className="preview"
                src={frameOf(data.url, { screen, theme, locale })}
              />
              <Adjustments adjustments={data.adjustments} />
            </>
          )}
        </Flex>
      </Section>
    </Box>
  )
}

function Adjustments({ adjustments }: { readonly adjustments: readonly ContrastAdjustment[] }) {
  if (adjustments.length === 0) return undefined
  return (
    <Callout.Root color="amber" size="1" role="status">
      {adjustments.map(({ field, given, shown, against, given_ratio, shown_ratio, wanted_ratio }) => (
        <Callout.Text key={field}>
          {field.replaceAll(/[._]/g, ' ')}: {given} on {against} reads at {given_ratio.toFixed(1)}:1, and{' '}
          {wanted_ratio.toFixed(1)}:1 is needed. Shown as {shown}, {shown_ratio.toFixed(1)}:1.
        </Callout.Text>
      ))}
    </Callout.Root>
  )
}

/** On the page's own origin, by whichever name it is open. */
function frameOf(url: string, show: Readonly<Record<'screen' | 'theme' | 'locale', string>>): string {
  const { pathname, searchParams } = new URL(url)
  for (const [name, value] of Object.entries(show)) searchParams.set(name, value)
  return `${pathname}?${searchParams}`
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
