import { Text } from '@radix-ui/themes'
import { Command } from 'cmdk'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { getOrganizationMembership } from '#contracts/memberships.ts'
import { searchEverything } from '#contracts/overview.ts'
import { findPlaces, type Place as FoundPlace } from '#contracts/places.ts'
import { listApiRequests } from '#contracts/request-logs.ts'
import { usePlace } from '../api/environment.tsx'
import { useRead } from '../api/queries.ts'
import { wordsOfOperation } from '../pages/audit/operation.ts'
import { pathOfId, pathsOf, usePaths } from '../paths.ts'
import { appearances, chooseAppearance } from './appearance.ts'
import { lookedUp } from './looked-up.ts'
import { useNavigationLinks } from './navigation.ts'

interface Entry {
  readonly id: string
  readonly text: string
  readonly note: string
  readonly go: () => void
}

/** What is found as one types: ids lead to their page at once. */
export function PaletteContents({ close }: { readonly close: () => void }) {
  const [typed, setTyped] = useState('')
  // Not deferred: Enter means what is typed by now.
  const text = typed.trim()
  const found = useFound(text)
  const fixed = useFixed()
  const words = text.toLowerCase()
  const groups = [
    ['Found', found],
    ['Go to', fixed.filter((entry) => `${entry.text} ${entry.note}`.toLowerCase().includes(words))],
  ] as const
  const [marked, setMarked] = useState('')
  const ids = groups.flatMap(([, entries]) => entries.map(({ id }) => id))
  // What the server finds arrives late: without a mark of our own, Enter would do nothing.
  const mark = ids.includes(marked) ? marked : (ids[0] ?? '')
  const choose = (entry: Entry) => {
    close()
    entry.go()
  }
  return (
    <Command label="Search or jump to" value={mark} onValueChange={setMarked} shouldFilter={false} loop>
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder="A name, a domain, an address or any id"
        className="palette-input"
      />
      <Command.List label="Results">
        <Command.Empty className="picker-empty">Nothing of that name or id in this environment.</Command.Empty>
        {groups.map(
          ([heading, entries]) =>
            entries.length > 0 && (
              <Command.Group key={heading} heading={heading}>
                {entries.map((entry) => (
                  <Command.Item key={entry.id} value={entry.id} onSelect={() => choose(entry)}>
                    <span>{entry.text}</span>
                    <Text size="1" className="soft">
                      {entry.note}
                    </Text>
                  </Command.Item>
                ))}
              </Command.Group>
            ),
        )}
      </Command.List>
    </Command>
  )
}

function useFound(text: string): readonly Entry[] {
  const navigate = useNavigate()
  const paths = usePaths()
  const found = useRead(searchEverything, { query: { q: text } }, { enabled: text !== '' }).data?.data ?? []
  const byId = useLookedUp(text)
  if (text === '') return []
  const entry = (id: string, name: string, note: string, path: string): Entry => ({
    id,
    text: name,
    note,
    go: () => void navigate(path),
  })
  const exact = pathOfId(paths, text)
  const entries = [
    // What is found has a name too, and takes its place.
    ...(exact === undefined ? [] : [entry(text, text, 'open this id', exact)]),
    ...byId.map(({ name, note, path }) => entry(text, name, note, path)),
    ...found.flatMap(({ kind, id, title }) => {
      const path = pathOfId(paths, id)
      return path === undefined ? [] : [entry(id, title, kind.replaceAll('_', ' '), path)]
    }),
  ]
  return [...new Map(entries.map((each) => [each.id, each])).values()]
}

interface Place {
  readonly name: string
  readonly note: string
  readonly path: string
}

/** Where the server says that an id is shown. */
function useLookedUp(text: string): readonly Place[] {
  const paths = usePaths()
  const { environment, session } = usePlace()
  const { membership, elsewhere, request } = lookedUp(text)
  const member = useRead(
    getOrganizationMembership,
    { params: { id: membership ?? 'om_' } },
    { enabled: membership !== undefined },
  ).data
  const found =
    useRead(findPlaces, { query: { id: elsewhere ?? '' } }, { enabled: elsewhere !== undefined }).data?.data ?? []
  const called = useRead(
    listApiRequests,
    { query: { limit: 1, request_id: request ?? '' } },
    { enabled: request !== undefined },
  ).data?.data[0]
  return [
    member && {
      name: member.user.email,
      note: `member of ${member.organization_name}`,
      path: paths.user(member.user_id),
    },
    ...found.map((place) => {
      const other = session.environments.find(({ id }) => id === place.environment_id && id !== environment.id)
      const note = other ? `${nouns[place.kind]} in ${other.name}` : nouns[place.kind]
      const name = place.kind === 'audit_entry' ? wordsOfOperation(place.title) : place.title
      return { name, note, path: pathOfPlace(place, environment.id) }
    }),
    called && { name: `${called.method} ${called.path}`, note: 'request', path: paths.request(called.request_id) },
  ].filter((place) => place !== undefined)
}

const nouns: Readonly<Record<FoundPlace['kind'], string>> = {
  session: 'session',
  scim_request: 'SCIM request',
  audit_entry: 'audit entry',
}

/** @param here for what is about the whole installation, which every environment shows. */
function pathOfPlace({ id, kind, environment_id, about }: FoundPlace, here: string): string {
  const paths = pathsOf(environment_id ?? here)
  const trail = environment_id === null ? paths.installationAudit : paths.audit
  if (about === null) return trail
  return kind === 'scim_request' ? paths.scimRequest(about, id) : (pathOfId(paths, about) ?? trail)
}

function useFixed(): readonly Entry[] {
  const { environment, session } = usePlace()
  const navigate = useNavigate()
  const links = useNavigationLinks()
  return [
    ...links.map(({ text, to, keys }) => ({ id: to, text, note: keys, go: () => void navigate(to) })),
    ...session.environments
      .filter(({ id }) => id !== environment.id)
      .map(({ id, name, kind }) => ({ id, text: `Switch to ${name}`, note: kind, go: () => void navigate(`/${id}`) })),
    ...appearances.map((appearance) => ({
      id: `appearance-${appearance}`,
      text: `Appearance: ${appearance}`,
      note: 'theme',
      go: () => chooseAppearance(appearance),
    })),
  ]
}
