import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from '#protocols/scim/json.ts'
import { writePrivately } from '../private-file.ts'
import type { AppState } from './app.ts'
import { isDialectName } from './dialects.ts'
import { isBearerToken, readEndpoint } from './http-send.ts'

/** Keeps apps between starts: one JSON file each, readable by the owner alone, for it holds a bearer token. */
export interface AppFolder {
  /** @throws Error naming the file, when one cannot be read. */
  load(): readonly { readonly slug: string; readonly state: AppState }[]
  save(slug: string, state: AppState): void
  remove(slug: string, id: string): void
}

const fileName = /^([a-z0-9-]{1,40})\.([a-z0-9-]{1,40})\.json$/

export function openAppFolder(folder: string): AppFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pathOf = (slug: string, id: string) => join(folder, `${slug}.${id}.json`)
  return {
    load: () =>
      readdirSync(folder)
        .toSorted()
        .flatMap((name) => {
          const slug = fileName.exec(name)?.[1]
          return slug === undefined ? [] : [{ slug, state: loadApp(join(folder, name)) }]
        }),
    save: (slug, state) => writePrivately(pathOf(slug, state.settings.id), JSON.stringify(toFile(state), null, 2)),
    remove: (slug, id) => rmSync(pathOf(slug, id), { force: true }),
  }
}

function toFile({ settings, assigned, accounts, teams, pushed }: AppState) {
  return {
    settings,
    assigned,
    accounts,
    teams,
    pushed: pushed.map((team) => ({ ...team, members: [...team.members] })),
  }
}

function loadApp(path: string): AppState {
  try {
    return fromFile(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Error(
      `Cannot read ${path} as an app of a test identity provider. Delete the file to be rid of the app.`,
      {
        cause,
      },
    )
  }
}

/** Checks what a mistake could turn against somebody: whom to call, and with which token. The rest only we write. */
function fromFile(file: unknown): AppState {
  const { settings, pushed, ...rest } = file as AppState & { readonly pushed: readonly { members: string[] }[] } // ours
  if (!isObject(settings) || typeof settings.id !== 'string' || typeof settings.name !== 'string')
    throw new Error('settings are missing.')
  if (!isDialectName(settings.as)) throw new Error('settings.as is not one we know.')
  if (readEndpoint(settings.endpoint) !== settings.endpoint) throw new Error('settings.endpoint is not one.')
  if (!isBearerToken(settings.token)) throw new Error('settings.token is not one.')
  return { ...rest, settings, pushed: pushed.map((team) => ({ ...team, members: new Set(team.members) })) }
}
