import { DropdownMenu, IconButton } from '@radix-ui/themes'
import { SunIcon } from '../ui/icons.tsx'
import { type Appearance, appearances, chooseAppearance, useAppearance } from './appearance.ts'

const words: Readonly<Record<Appearance, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

interface Props {
  readonly email: string
  readonly role: string
}

/** Who is signed in, and how the pages look. */
export function AppearanceMenu({ email, role }: Props) {
  const { chosen } = useAppearance()
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger>
        <IconButton variant="ghost" color="gray" aria-label="Account and appearance">
          <SunIcon />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content align="end">
        <DropdownMenu.Label>
          {email} · {role}
        </DropdownMenu.Label>
        <DropdownMenu.Separator />
        <DropdownMenu.RadioGroup
          value={chosen}
          onValueChange={(value) => chooseAppearance(appearances.find((each) => each === value) ?? 'system')}
        >
          {appearances.map((appearance) => (
            <DropdownMenu.RadioItem key={appearance} value={appearance}>
              {words[appearance]}
            </DropdownMenu.RadioItem>
          ))}
        </DropdownMenu.RadioGroup>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}
