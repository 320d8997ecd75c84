import { Badge, Box, Flex, IconButton, Text } from '@radix-ui/themes'
import { Suspense, useLayoutEffect, useRef, useState } from 'react'
import { NavigationType, NavLink, Outlet, useLocation, useNavigation, useNavigationType } from 'react-router'
import { usePlace } from '../api/environment.tsx'
import type { LiveState } from '../api/follow.ts'
import { useLive } from '../api/live.ts'
import { usePaths } from '../paths.ts'
import { MenuIcon, SearchIcon } from '../ui/icons.tsx'
import { AppearanceMenu } from './appearance-menu.tsx'
import { EnvironmentMenu } from './environment-menu.tsx'
import { Keyboard } from './keyboard.tsx'
import { useNavigationGroups } from './navigation.ts'
import { Palette } from './palette.tsx'

/** What stands around every page. */
export function Shell() {
  const { environment, session, readOnly } = usePlace()
  const live = useLive()
  const { pathname } = useLocation()
  const navigation = useNavigation()
  const [menuAt, setMenuAt] = useState<string>() // open on this page; another page closes it
  const [paletteOpen, setPaletteOpen] = useState(false)
  const menuOpen = menuAt === pathname
  useTopOfPage()
  return (
    <div className="shell" data-kind={environment.kind}>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <div className="stripe" aria-hidden="true" />
      <header className="bar">
        <Flex align="center" gap="2">
          <Box className="narrow-only">
            <IconButton
              variant="ghost"
              color="gray"
              aria-label="Menu"
              aria-expanded={menuOpen}
              onClick={() => setMenuAt(menuOpen ? undefined : pathname)}
            >
              <MenuIcon />
            </IconButton>
          </Box>
          <EnvironmentMenu />
        </Flex>
        <Flex align="center" gap="3">
          <LivePill state={live} />
          {session.development && (
            <span className="wide-only">
              <Badge color="gray" title="On this machine whoever opens the page is signed in.">
                local development
              </Badge>
            </span>
          )}
          {readOnly !== undefined && (
            <Badge color="gray" title={readOnly}>
              viewer
            </Badge>
          )}
          <button
            type="button"
            className="search-button"
            title="Search or jump to"
            onClick={() => setPaletteOpen(true)}
          >
            <SearchIcon />
            <span className="wide-only">Search or jump to</span>
            <kbd className="wide-only" aria-hidden="true">
              ⌘K
            </kbd>
          </button>
          <AppearanceMenu />
        </Flex>
      </header>
      <Navigation open={menuOpen} />
      <main id="page" className="page" tabIndex={-1} aria-busy={navigation.state === 'loading'}>
        <Suspense>
          {/* What is open or typed on the page of one thing is not about the next, though both have one layout. */}
          <Outlet key={pathname} />
        </Suspense>
      </main>
      <Palette open={paletteOpen} onOpenChange={setPaletteOpen} />
      <Keyboard onPalette={() => setPaletteOpen(true)} />
    </div>
  )
}

/** Another page begins at its top; what an address says besides, such as what is open, is no other page. */
function useTopOfPage(): void {
  const { pathname } = useLocation()
  const type = useNavigationType()
  const shown = useRef(pathname)
  useLayoutEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    // Back is where it was: browsers see to that.
    if (type !== NavigationType.Pop) window.scrollTo(0, 0)
  }, [pathname, type])
}

function Navigation({ open }: { readonly open: boolean }) {
  const paths = usePaths()
  const groups = useNavigationGroups()
  return (
    <nav className="side" data-open={open} aria-label="Pages">
      <NavLink to={paths.overview} className="brand" aria-label="Gatehouse, overview" end>
        <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
          <rect width="24" height="24" rx="6" className="brand-mark" />
          <path d="M5 19V11a7 7 0 0 1 14 0v8M9.5 19v-8M14.5 19v-8M5 14.5h14" className="brand-line" />
        </svg>
        <Text weight="bold" size="3">
          Gatehouse
        </Text>
      </NavLink>
      <div>
        {groups.map(({ title, links }) => (
          <ul key={title ?? ''} {...(title !== undefined && { 'aria-label': title })}>
            {title !== undefined && (
              <li className="side-title" aria-hidden="true">
                {title}
              </li>
            )}
            {links.map(({ text, to, keys }) => (
              <li key={to}>
                <NavLink to={to} end={to === paths.overview} aria-keyshortcuts={keys}>
                  {text}
                </NavLink>
              </li>
            ))}
          </ul>
        ))}
      </div>
    </nav>
  )
}

function LivePill({ state }: { readonly state: LiveState }) {
  if (state === 'connecting') return undefined
  const isLive = state === 'live'
  return (
    <span className="live" role="status" title={isLive ? 'What happens shows here at once.' : undefined}>
      <span className="dot" data-tone={isLive ? 'green' : 'amber'} aria-hidden="true" />
      {isLive ? 'Live' : 'Reconnecting'}
    </span>
  )
}
