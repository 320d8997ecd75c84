import { ScimClient } from './client.ts'
import type { Dialect } from './dialect.ts'
import { type DialectName, dialects } from './dialects.ts'
import { close, fill, move, push, rename } from './group-verbs.ts'
import { type Fetch, sendOverHttp } from './http-send.ts'
import { activate, assign, change, dismiss, remove } from './people-verbs.ts'
import { test } from './probe.ts'
import { sampleEmployees, sampleTeams } from './sample-directory.ts'
import { type Exchange, Scorecard } from './scorecard.ts'
import type { Account, PushedTeam, Session } from './session.ts'
import { displayNameOf, type Employee, type Team } from './workforce.ts'

export interface AppSettings {
  readonly id: string
  readonly name: string
  /** Whom the app's provisioning behaves like. */
  readonly as: DialectName
  readonly endpoint: string
  /** Never shown: not on a page, not in an answer, not in the log. */
  readonly token: string
}

/** One request of the app and what came back, as text for people. */
export interface LogEntry {
  readonly at: Date
  readonly action: string
  readonly method: string
  readonly path: string
  readonly request: string
  /** Undefined when nobody answered. */
  readonly status: number | undefined
  readonly answer: string
}

/** What the last action came to. */
export interface Outcome {
  readonly action: string
  readonly passed: boolean
  readonly requests: number
  /** A sentence for each thing the server did wrong. */
  readonly faults: readonly string[]
}

export interface AppState {
  readonly settings: AppSettings
  readonly assigned: readonly string[]
  readonly accounts: readonly Account[]
  readonly teams: readonly Team[]
  readonly pushed: readonly PushedTeam[]
}

export interface AppDeps {
  readonly fetch: Fetch
  readonly clock: () => Date
  readonly wait: (milliseconds: number) => Promise<void>
  /** Called after every action. */
  readonly onChange: (app: App) => void
}

const keptEntries = 100
const shownCharacters = 16_000
const timeoutMs = 10_000
const maximumBytes = 2 * 1024 * 1024

/** An app at an identity provider whose users and groups are provisioned: its settings, and what it told the server. */
export class App {
  readonly #deps: AppDeps
  #settings: AppSettings
  readonly #assigned: Set<string>
  readonly #accounts: Map<string, Account>
  #teams: readonly Team[]
  readonly #pushed: Map<string, PushedTeam>
  #log: readonly LogEntry[] = []
  #outcome: Outcome | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(state: Pick<AppState, 'settings'> & Partial<AppState>, deps: AppDeps) {
    this.#deps = deps
    this.#settings = state.settings
    this.#assigned = new Set(state.assigned)
    this.#accounts = new Map((state.accounts ?? []).map((account) => [account.employee.id, account]))
    this.#teams = state.teams ?? sampleTeams
    this.#pushed = new Map((state.pushed ?? []).map((team) => [team.teamId, team]))
  }

  get settings(): AppSettings {
    return this.#settings
  }

  get dialect(): Dialect {
    return dialects[this.#settings.as]
  }

  /** The newest first. */
  get log(): readonly LogEntry[] {
    return this.#log
  }

  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  get teams(): readonly Team[] {
    return this.#teams
  }

  /** Everything that is worth keeping between starts. */
  get state(): AppState {
    return {
      settings: this.#settings,
      assigned: [...this.#assigned],
      accounts: [...this.#accounts.values()],
      teams: this.#teams,
      pushed: [...this.#pushed.values()],
    }
  }

  /** The person with the title they have by now. */
  employee(id: string): Employee | undefined {
    return this.#accounts.get(id)?.employee ?? sampleEmployees.find((each) => each.id === id)
  }

  /** Where somebody stands: never assigned, given access, without it, or deleted there. */
  standing(id: string): 'not assigned' | 'active' | 'inactive' | 'unassigned' {
    const account = this.#accounts.get(id)
    if (account?.id === undefined) return 'not assigned'
    if (account.active) return 'active'
    return this.#assigned.has(id) ? 'inactive' : 'unassigned'
  }

  serverIdOf(id: string): string | undefined {
    return this.#accounts.get(id)?.id
  }

  pushedTeam(id: string): PushedTeam | undefined {
    const team = this.#pushed.get(id)
    return team?.id === undefined ? undefined : team
  }

  setToken(token: string): void {
    this.#settings = { ...this.#settings, token }
    this.#deps.onChange(this)
  }

  test(): Promise<Outcome> {
    return this.#act('Test API credentials', test)
  }

  assign(employee: Employee): Promise<Outcome> {
    return this.#act(`Assign ${displayNameOf(employee)}`, async (session) => {
      if (!(await assign(session, employee))) return
      this.#assigned.add(employee.id)
      // Groups that were pushed before now get the member they could not have.
      for (const { id, members } of this.#teams) {
        const pushed = this.pushedTeam(id)
        if (pushed && members.includes(employee.id) && !pushed.members.has(employee.id))
          await move(session, id, [employee.id], [])
      }
    })
  }

  unassign(employee: Employee): Promise<Outcome> {
    return this.#act(`Unassign ${displayNameOf(employee)}`, async (session) => {
      if (await dismiss(session, employee.id)) this.#assigned.delete(employee.id)
    })
  }

  setActive(employee: Employee, active: boolean): Promise<Outcome> {
    return this.#act(`${active ? 'Reactivate' : 'Deactivate'} ${displayNameOf(employee)}`, async (session) => {
      if ((await activate(session, employee.id, active)) && active) this.#assigned.add(employee.id)
    })
  }

  setTitle(employee: Employee, title: string | undefined): Promise<Outcome> {
    return this.#act(`Change the job title of ${displayNameOf(employee)}`, (session) =>
      change(session, { ...employee, title }, ['title']),
    )
  }

  delete(employee: Employee): Promise<Outcome> {
    return this.#act(`Delete ${displayNameOf(employee)}`, async (session) => {
      if (await remove(session, employee.id)) this.#assigned.delete(employee.id)
    })
  }

  push(team: Team): Promise<Outcome> {
    return this.#act(`Push ${team.name}`, async (session) => {
      const members = team.members.filter((id) => this.serverIdOf(id) !== undefined)
      if (await push(session, { ...team, members })) await fill(session, team.id)
    })
  }

  rename(team: Team, name: string): Promise<Outcome> {
    return this.#act(`Rename ${team.name}`, async (session) => {
      this.#teams = this.#teams.map((each) => (each.id === team.id ? { ...each, name } : each))
      if (this.pushedTeam(team.id)) await rename(session, team.id, name)
    })
  }

  addMember(team: Team, employee: Employee): Promise<Outcome> {
    return this.#act(`Add ${displayNameOf(employee)} to ${team.name}`, async (session) => {
      this.#setMembers(team.id, [...team.members.filter((id) => id !== employee.id), employee.id])
      if (this.pushedTeam(team.id) && this.serverIdOf(employee.id) !== undefined)
        await move(session, team.id, [employee.id], [])
    })
  }

  removeMember(team: Team, employee: Employee): Promise<Outcome> {
    return this.#act(`Remove ${displayNameOf(employee)} from ${team.name}`, async (session) => {
      this.#setMembers(
        team.id,
        team.members.filter((id) => id !== employee.id),
      )
      if (this.pushedTeam(team.id) && this.serverIdOf(employee.id) !== undefined)
        await move(session, team.id, [], [employee.id])
    })
  }

  /** Deletes the group at the server; the directory keeps it. */
  unlink(team: Team): Promise<Outcome> {
    return this.#act(`Delete ${team.name} at the server`, (session) => close(session, team.id))
  }

  #setMembers(teamId: string, members: readonly string[]): void {
    this.#teams = this.#teams.map((team) => (team.id === teamId ? { ...team, members } : team))
  }

  /** One after the other: two at once would each act on what the other is changing. */
  #act(action: string, work: (session: Session) => Promise<unknown>): Promise<Outcome> {
    const acted = this.#queue.then(async () => {
      const score = new Scorecard()
      const client = this.#client(action, score)
      const gone = { '/Users': new Set<string>(), '/Groups': new Set<string>() }
      const { dialect } = this
      await work({ dialect, client, score, accounts: this.#accounts, teams: this.#pushed, gone })
      const faults = score
        .verdicts()
        .flatMap(({ failures, claim, source }) =>
          failures.map(({ detail }) => this.#redact(`${claim} (${source}): ${detail}.`)),
        )
      this.#outcome = { action, passed: score.failed === 0, requests: client.requests, faults }
      this.#deps.onChange(this)
      return this.#outcome
    })
    this.#queue = acted.catch(() => undefined)
    return acted
  }

  #client(action: string, score: Scorecard): ScimClient {
    const { endpoint, token } = this.#settings
    const { fetch, wait } = this.#deps
    return new ScimClient({
      headers: this.dialect.headers,
      send: sendOverHttp({ endpoint, token, fetch, timeoutMs, maximumBytes }),
      score,
      wait,
      onExchange: (exchange) => {
        this.#log = [this.#entryOf(action, exchange), ...this.#log].slice(0, keptEntries)
      },
    })
  }

  #entryOf(action: string, { request, answer, problem }: Exchange): LogEntry {
    const { method, path, headers, body } = request
    const sent = body === undefined ? '' : `\n\n${JSON.stringify(body, null, 2)}`
    return {
      at: this.#deps.clock(),
      action,
      method,
      path,
      request: this.#redact(`authorization: Bearer ***\n${lines(headers)}${sent}`),
      status: answer?.status,
      answer: this.#redact(answer ? `${lines(answer.headers)}\n\n${indent(answer.text)}` : (problem ?? '')),
    }
  }

  /** A server that repeats the token in an answer must not make us show it. */
  #redact(text: string): string {
    return text.replaceAll(this.#settings.token, '***').slice(0, shownCharacters)
  }
}

function lines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}

function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
