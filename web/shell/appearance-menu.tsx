import { DropdownMenu, IconButton } from '@radix-ui/themes'
import { endDashboardSession } from '#contracts/console.ts'
import { call } from '../api/call.ts'
import { usePlace } from '../api/environment.tsx'
import { signInUrl } from '../api/session.ts'
import { SunIcon } from '../ui/icons.tsx'
import { type Appearance, appearances, chooseAppearance, useAppearance } from './appearance.ts'

const words: Readonly<Record<Appearance, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

/** Who is signed in, and how the pages look. */
export function AppearanceMenu() {
  const { apiOf, session } = usePlace()
  const { chosen } = useAppearance()
  async function signOut(): Promise<void> {
    await call(apiOf(endDashboardSession), endDashboardSession, {}).catch(() => undefined) // over is over
    location.assign(signInUrl('/dashboard'))
  }
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger>
        <IconButton variant="ghost" color="gray" aria-label="Account and appearance">
          <SunIcon />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content align="end">
        <DropdownMenu.Label>
          {session.user.email} · {session.user.role}
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
        {!session.development && (
          <>
            <DropdownMenu.Separator />
            <DropdownMenu.Item onSelect={() => void signOut()}>Sign out</DropdownMenu.Item>
          </>
        )}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}
